"""The pictures a story's citizen sends, put through the same door as everybody's."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from casemgr.demo import SOURCE, pictures
from casemgr.demo.content import Story
from complaints import codes
from complaints.models import Draft
from complaints.services.uploads import add_upload


@contextmanager
def uploaded(story: Story) -> Iterator[tuple[int, ...]]:
    """Upload the story's pictures to a draft of its own, gone again at the end; gives their ids."""
    key = codes.derived_idempotency_key(SOURCE, "draft", story.key)
    draft = Draft.objects.create(key_hash=codes.key_hash(key), idempotency_key=key)
    uploads = [
        add_upload(draft, io.BytesIO(pictures.draw(sort, story.facts, number)), f"{pictures.NAMES[sort]}-{number}.jpg")
        for number, sort in enumerate(story.facts.get("evidence", ()), start=1)
    ]
    yield tuple(upload.pk for upload in uploads)
    draft.delete()
