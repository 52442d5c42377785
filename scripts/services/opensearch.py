"""A real OpenSearch server, from the runner that deploy/opensearch/pom.xml names: the newest that the JDK found runs."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts import maven
from scripts.console import ROOT, run, say
from scripts.services.process import Service, Unavailable, converse

# Oldest JDK that runs it → version of the runner, newest first.
VERSIONS = {21: "3.8.0.0", 17: "2.19.1.0"}
POM = ROOT / "deploy" / "opensearch" / "pom.xml"


@dataclass(frozen=True, order=True)
class Jdk:
    major: int
    java: Path


class OpenSearch(Service):
    name = "opensearch"
    variable = "ELASTICSEARCH_URL"
    preferred_port = 9261  # the runner takes no port above 9299
    seconds_to_ready = 120.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        self.jdk, self.version = choose(installed_jdks())
        self.library = self.folder / f"lib-{self.version}"
        if not self.library.exists():
            say(f"fetching OpenSearch {self.version} (about 70 MB, once)")
            maven.fetch(POM, self.library, opensearch_version=self.version)

    def command(self, port: int) -> list[str | Path]:
        """The runner adds the node's number, 1, to the base port. Data of another version is not opened."""
        data = self.folder / f"data-{self.version}"
        return [
            self.jdk.java, "-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", *_java_options(),
            "-cp", f"{self.library}/*", "org.codelibs.opensearch.runner.OpenSearchRunner",
            "-basePath", data, "-numOfNode", "1", "-baseHttpPort", str(port - 1),
            "-clusterName", "casemgr-development",
        ]  # fmt: skip

    def ready(self) -> bool:
        request = b"GET /_cluster/health?wait_for_status=yellow&timeout=1s HTTP/1.0\r\n\r\n"
        return b" 200 OK" in converse(self.port, request).partition(b"\r\n")[0]


def _java_options() -> list[str]:
    return os.environ.get("OPENSEARCH_JAVA_OPTS", "").split()


def choose(jdks: list[Jdk]) -> tuple[Jdk, str]:
    for oldest, version in VERSIONS.items():
        able = [jdk for jdk in jdks if jdk.major >= oldest]
        if able:
            return max(able), version
    raise Unavailable(f"it needs a JDK of {min(VERSIONS)} or newer (Debian's openjdk-17-jre-headless)")


def installed_jdks() -> list[Jdk]:
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    programs = [home / "bin" / "java" for home in homes]
    programs += [Path(found)] if (found := shutil.which("java")) else []
    programs += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    known = {program.resolve(): program for program in programs if program.exists()}
    return [Jdk(major, program) for program in known if (major := _major(program))]


def _major(java: Path) -> int | None:
    said = run([java, "-version"], may_fail=True).stdout
    number = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(number.group(1)) if number else None
