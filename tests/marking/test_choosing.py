from chalkgrad.marking.choosing import Chooser, Unresolved, each_way


class TestEachWay:
    def test_tries_every_choice_the_first_options_first(self) -> None:
        found = list(each_way(lambda chooser: chooser.pick("ab") + chooser.pick("xyz")))
        assert [value for _, value in found] == ["ax", "ay", "az", "bx", "by", "bz"]
        assert found[4][0] == (1, 1)

    def test_a_path_leads_to_the_same_value_again(self) -> None:
        def attempt(chooser: Chooser) -> str:
            return chooser.pick("ab") + chooser.pick("xyz")

        assert all(attempt(Chooser(path)) == value for path, value in each_way(attempt))

    def test_a_way_without_a_value_is_left_out(self) -> None:
        def attempt(chooser: Chooser) -> int:
            number = chooser.pick([1, 2, 3])
            if number == 2:
                raise Unresolved("two")
            return number

        assert [value for _, value in each_way(attempt)] == [1, 3]

    def test_stops_after_so_many(self) -> None:
        assert len(list(each_way(lambda chooser: [chooser.pick("ab") for _ in range(20)], 7))) == 7

    def test_a_single_option_is_no_choice(self) -> None:
        assert list(each_way(lambda chooser: chooser.pick([5]))) == [((), 5)]
