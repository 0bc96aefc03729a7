"""Open Terms Archive: versions from the git history of a clone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from policytools.versions.history import load_open_terms_archive
from policytools.versions.states import version_table


def git(folder: Path, *arguments: str, date: str = "2020-01-01") -> None:
    stamp = f"{date}T12:00:00+00:00"
    names = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(
        ["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True,
        env={"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    git(folder, "init", "-q", "-b", "main")
    records = [
        ("2019-03-01", "Ada", "Privacy Policy", "We use cookies.", "First record of Ada Privacy Policy"),
        (
            "2019-09-01",
            "Ada",
            "Privacy Policy",
            "We use no cookies.",
            "Record new changes of Ada Privacy Policy",
        ),
        (
            "2020-02-01",
            "Ada",
            "Privacy Policy",
            "We use no cookies at all.",
            "Apply technical or declaration upgrade on Ada",
        ),
        ("2020-02-01", "Bo & Söhne", "Privacy Policy", "We keep data.", "First record of Bo"),
        (
            "2020-03-01",
            "Ada",
            "Terms of Service",
            "You agree to our terms.",
            "First record of Ada Terms of Service",
        ),
    ]
    for date, service, document, text, words in records:
        (folder / service).mkdir(exist_ok=True)
        (folder / service / f"{document}.md").write_text(text, encoding="utf-8")
        git(folder, "add", ".", date=date)
        git(folder, "commit", "-q", "-m", words, date=date)
    return folder


def test_all_versions(archive):
    policies = load_open_terms_archive(archive, versions="all").policies
    assert policies["policy_id"].tolist() == [
        "ada-2019-03-01",
        "ada-2019-09-01",
        "ada-2020-02-01",
        "bo-söhne-2020-02-01",
    ]
    assert policies["captured_on"].tolist() == ["2019-03-01", "2019-09-01", "2020-02-01", "2020-02-01"]
    assert policies["note"].str.startswith("first record").tolist() == [True, False, False, True]
    assert policies["note"].iloc[2].startswith("technical upgrade")


def test_one_a_year_and_a_time(archive):
    yearly = load_open_terms_archive(archive, versions="yearly", services=["Ada"])
    assert yearly.policies["captured_on"].tolist() == ["2019-09-01", "2020-02-01"]
    assert yearly.sentences["text"].tolist() == ["We use no cookies.", "We use no cookies at all."]
    first = load_open_terms_archive(archive, versions="newest", until="2019-06")
    assert first.policies["captured_on"].tolist() == ["2019-03-01"]
    both = load_open_terms_archive(archive, documents=["Privacy Policy", "Terms of Service"], since="2020")
    assert both.policies["title"].tolist() == ["Privacy Policy", "Privacy Policy", "Terms of Service"]


def test_two_documents_of_a_service_have_versions_each(archive):
    both = load_open_terms_archive(archive, versions="all", documents=["Privacy Policy", "Terms of Service"])
    assert {"Ada Privacy Policy", "Ada Terms of Service"} <= set(both.policies["vendor"])
    assert version_table(both)["state"].value_counts()["first"] == 3


@pytest.mark.parametrize("names", [("Ex.com", "Ex com"), ('A "B" C', "D\tE")])
def test_any_name_of_a_service(tmp_path, names):
    git(tmp_path, "init", "-q", "-b", "main")
    for service in names:
        (tmp_path / service).mkdir()
        (tmp_path / service / "Privacy Policy.md").write_text(f"We at {service} use cookies.")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "First records")
    corpus = load_open_terms_archive(tmp_path, versions="all")
    assert sorted(corpus.policies["vendor"]) == sorted(names) and corpus.policies["policy_id"].is_unique


def test_a_bare_clone_is_read_too(archive, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(archive), str(tmp_path / "bare"))
    assert len(load_open_terms_archive(tmp_path / "bare", versions="all")) == 4


def test_what_cannot_be_read_is_said(archive, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{archive}", str(tmp_path / "shallow"))
    git(tmp_path, "init", "-q", "empty")
    cases = [
        (tmp_path / "shallow", {"versions": "all"}, "is a shallow clone; fetch the rest"),
        (archive, {"services": ["Aida"]}, "services: .* has no Aida; did you mean 'Ada'"),
        (archive, {"since": "2031"}, "no version in that time"),
        (archive, {"documents": ["Cookies"]}, "documents: .* has no Cookies"),
        (archive, {"versions": "daily"}, "versions: must be"),
        (archive, {"until": "1.2.2020"}, "until '1.2.2020' is not a date"),
        (tmp_path, {"versions": "all"}, "is no clone"),
        (tmp_path / "empty", {"versions": "all"}, "git cannot read .*empty"),
    ]
    for folder, options, said in cases:
        with pytest.raises(ValueError, match=said):
            load_open_terms_archive(folder, **options)
