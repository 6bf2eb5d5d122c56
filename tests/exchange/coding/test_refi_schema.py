"""What goes out as REFI-QDA against the schema that REFI published, of 18 March 2019, under the MIT licence."""

import zipfile
from pathlib import Path

from lxml import etree
from malformed import sound

SCHEMA = Path(__file__).parents[2] / "data" / "refi" / "Project.xsd"


def test_a_project_is_valid_by_the_published_schema(tmp_path):
    file, _ = sound(tmp_path)[".qdpx"]
    with zipfile.ZipFile(file) as archive:
        project = etree.fromstring(archive.read("project.qde"))
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(project)
    assert project.findall(".//{*}PlainTextSelection")
