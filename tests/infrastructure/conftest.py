from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from local.deploy import transformed, with_code
from local.package import Package


@pytest.fixture(scope="session")
def template(package: Package) -> dict[str, Any]:
    """The merged SAM template, as deployed."""
    return package.load()


@pytest.fixture(scope="session")
def transformed_template(template: dict[str, Any]) -> dict[str, Any]:
    """The template after the SAM transform, as deployed to the embedded AWS."""
    return transformed(with_code(template, "s3://bucket/key.zip"))


@pytest.fixture(scope="session")
def unzipped(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deployment zip, unpacked as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(package.zip) as archive:
        archive.extractall(folder)
    return folder
