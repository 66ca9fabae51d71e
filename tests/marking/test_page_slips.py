import pytest

import chalkgrad


class TestSlipsThatOnlyThePageShows:
    @pytest.mark.parametrize(
        ("line", "cause"),
        [
            ("h1 = 0.5393", "digits-swapped"),
            ("z_o1 = 0.4*0.5393 + 0.45*0.5969 + 0.6 = 1.0843", "digits-swapped"),
            ("z_o1 = 0.4*0.5933 + 0.45*0.3925 + 0.6 = 1.0139", "copied-wrong-line"),
        ],
    )
    def test_are_named(self, line: str, cause: str) -> None:
        page = f"z_h1 = 0.3775\nz_h2 = 0.3925\nh2 = 0.5969\n{'' if line.startswith('h1') else 'h1 = 0.5933'}\n{line}\n"
        first = chalkgrad.mark("sigmoid-2-2-2", page).first_mistake
        assert first is not None
        assert first.cause in (cause, "input-for-activation") if cause == "copied-wrong-line" else first.cause == cause
