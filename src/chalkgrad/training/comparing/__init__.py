"""Many runs: settings and folds, what each came to, and what may be concluded."""
