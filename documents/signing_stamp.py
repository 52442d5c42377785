"""Asking a time stamp authority (RFC 3161) over HTTP, and saying in words what went wrong."""

from __future__ import annotations

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from documents import signing_errors as said
from documents.signing_errors import SigningError


class Stamper(HTTPTimeStamper):
    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            return await super().async_request_tsa_response(req)
        except (TimestampRequestError, OSError) as error:
            raise SigningError(said.NO_AUTHORITY) from error

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except SigningError:
            raise
        except Exception as error:
            raise SigningError(said.NO_STAMP) from error
