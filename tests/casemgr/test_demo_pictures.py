import io

import pytest
from PIL import Image

from casemgr.demo import content, pictures


@pytest.mark.parametrize("story", content.stories(), ids=lambda story: story.key)
def test_a_storys_pictures_are_drawn_alike_every_time(story: content.Story) -> None:
    for number, sort in enumerate(story.facts.get("evidence", ()), start=1):
        drawn = pictures.draw(sort, story.facts, number)
        assert drawn == pictures.draw(sort, story.facts, number)
        assert Image.open(io.BytesIO(drawn)).size == pictures.SIZE


def test_every_sort_of_picture_is_used_and_differs() -> None:
    facts = {"kind": "consumer", "product": "Ấm đun nước", "price": 250_000}
    assert {sort for story in content.stories() for sort in story.facts.get("evidence", ())} == set(pictures.NAMES)
    assert len({pictures.draw(sort, facts, 1) for sort in pictures.NAMES}) == len(pictures.NAMES)


def test_without_a_font_for_vietnamese_a_picture_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_FACES", ("/nowhere.ttf",))
    pictures._font.cache_clear()
    assert pictures.draw("receipt", {"kind": "consumer", "product": "Ấm"}, 1)[:2] == b"\xff\xd8"
    pictures._font.cache_clear()
