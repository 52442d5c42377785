"""What makes OpenSearch answer Elasticsearch's client.

The client sends a media type that OpenSearch refuses (406) and refuses a server that does not name its product.
"""

from __future__ import annotations

from typing import Any

from elastic_transport import HttpHeaders, Transport, Urllib3HttpNode
from elastic_transport.client_utils import url_to_node_config

_COMPATIBLE = "application/vnd.elasticsearch+"


class OpenSearchNode(Urllib3HttpNode):
    """Speaks plain JSON, and names the product the client asks for."""

    def perform_request(self, method: str, target: str, *args: Any, **options: Any) -> Any:
        headers = options.get("headers") or {}
        options["headers"] = HttpHeaders({name: _plain(value) for name, value in headers.items()})
        answer = super().perform_request(method, target, *args, **options)
        answer.meta.headers = HttpHeaders({**answer.meta.headers, "x-elastic-product": "Elasticsearch"})
        return answer


def _plain(value: str) -> str:
    if not value.startswith(_COMPATIBLE):
        return value
    return "application/x-ndjson" if "ndjson" in value else "application/json"


def node_class_for(url: str) -> type[Urllib3HttpNode]:
    """OpenSearch's node, or the client's own, by what the server says it is. Raises TransportError when it is away."""
    transport = Transport([url_to_node_config(url)], node_class=OpenSearchNode, max_retries=0)
    try:
        answer = transport.perform_request("GET", "/", headers={"accept": "application/json"}, request_timeout=5)
    finally:
        transport.close()
    version = answer.body.get("version", {}) if isinstance(answer.body, dict) else {}
    return OpenSearchNode if version.get("distribution") == "opensearch" else Urllib3HttpNode
