"""Incremental runs: what is the same is skipped, what changed is replaced, what is gone can go."""

import shutil
from pathlib import Path

import pytest

from ingest.parse import Given
from ingest.run import ingest
from kb.base import KnowledgeBase
from kb.catalogue import Catalogue
from kb.check import check
from kb.embed import load_embedder
from kb.errors import KnowledgeBaseError, LockedError, ModelMismatchError
from kb.lock import writing
from kb.writer import open_writer, rebuild
from tests.samples import RULE_LAW, SAMPLES


def chunk_texts(folder: Path) -> dict[str, str]:
    catalogue = Catalogue(folder)
    try:
        return {c.chunk_id: c.text for d in catalogue.documents() for c in catalogue.chunks(d.doc_id)}
    finally:
        catalogue.close()


def is_whole(folder: Path) -> bool:
    health = check(folder, load_embedder(None))
    assert not health.problems
    return True


def test_first_and_second_run(sample_folder: Path, bring_in, tmp_path: Path) -> None:
    first, second = bring_in(sample_folder), bring_in(sample_folder)
    assert (first.added, first.failed, first.articles) == (5, [], 4 + 6 + 2 + 4)
    assert (second.added, second.updated, second.unchanged, second.chunks) == (0, 0, 5, 0)
    assert is_whole(tmp_path / "kb")


def test_a_changed_file_replaces_its_own_chunks_and_nothing_else(
    sample_folder: Path, bring_in, tmp_path: Path
) -> None:
    bring_in(sample_folder)
    before = chunk_texts(tmp_path / "kb")
    path = sample_folder / "风筝安全法(2020-04-08).md"
    path.write_text(
        RULE_LAW.replace("五百米", "八百米").replace("第四条 本法自", "第四条 删去。\n第五条 本法自"), "utf-8"
    )
    report = bring_in(sample_folder)
    after = chunk_texts(tmp_path / "kb")
    assert (report.updated, report.unchanged) == (1, 4)
    changed = {
        chunk_id for chunk_id in before.keys() | after.keys() if before.get(chunk_id) != after.get(chunk_id)
    }
    assert changed == {f"风筝安全法@2020-04-08#第{n}条" for n in "二四五"}
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert "八百米" in kb.search("高压线多少米内不能放风筝", 1)[0].chunk.text
    path.write_text(RULE_LAW, "utf-8")
    bring_in(sample_folder)
    assert chunk_texts(tmp_path / "kb") == before
    assert is_whole(tmp_path / "kb")


def test_a_file_whose_date_changed_leaves_no_twin_behind(
    sample_folder: Path, bring_in, tmp_path: Path
) -> None:
    bring_in(sample_folder)
    (sample_folder / "风筝安全法(2020-04-08).md").write_text(
        RULE_LAW.replace("2020年4月8日", "2020年5月9日"), "utf-8"
    )
    report = bring_in(sample_folder)
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert [d.doc_id for d in kb.documents() if d.name == "风筝安全法"] == ["风筝安全法@2020-05-09"]
    assert (report.updated, report.added) == (1, 0)
    assert is_whole(tmp_path / "kb")


def test_a_removed_file_is_named_and_leaves_when_told(sample_folder: Path, bring_in, tmp_path: Path) -> None:
    bring_in(sample_folder)
    gone = sample_folder / "通知.md"
    gone.unlink()
    assert bring_in(sample_folder).missing == [str(gone.resolve())]
    assert bring_in(sample_folder, prune=True).removed == 1
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        assert not [d for d in kb.documents() if "通知" in d.title]
    assert is_whole(tmp_path / "kb")


def test_the_same_text_from_two_places_is_stored_once(sample_folder: Path, bring_in, tmp_path: Path) -> None:
    shutil.copy(sample_folder / "通知.md", sample_folder / "通知的副本.md")
    report = bring_in(sample_folder)
    assert (report.added, report.unchanged) == (5, 1)
    (sample_folder / "通知.md").unlink()
    assert bring_in(sample_folder, prune=True).removed == 0  # the copy still holds it
    (sample_folder / "通知的副本.md").unlink()
    assert bring_in(sample_folder, prune=True).removed == 1


def test_two_texts_that_contradict_each_other_both_stay(
    sample_folder: Path, bring_in, tmp_path: Path
) -> None:
    (sample_folder / "抄错的.md").write_text(RULE_LAW.replace("五百米", "五米"), "utf-8")
    bring_in(sample_folder)
    with KnowledgeBase.open(tmp_path / "kb") as kb:
        twins = sorted(d.doc_id for d in kb.documents() if d.name == "风筝安全法")
    assert twins == ["风筝安全法@2020-04-08", "风筝安全法@2020-04-08~2"]


def test_rebuild_makes_the_caches_again_and_readers_follow(kb_folder: Path) -> None:
    with KnowledgeBase.open(kb_folder) as reader:
        before = [h.chunk.chunk_id for h in reader.search("放风筝")]
        shutil.rmtree(next(kb_folder.glob("index-*")))
        assert rebuild(kb_folder, load_embedder(None)) == len(chunk_texts(kb_folder))
        assert [h.chunk.chunk_id for h in reader.search("放风筝")] == before
    assert is_whole(kb_folder)
    assert len(list(kb_folder.glob("index-*"))) == 1


def test_a_reader_sees_what_a_writer_adds(kb_folder: Path, tmp_path: Path) -> None:
    extra = tmp_path / "热气球条例.md"
    extra.write_text(
        "# 热气球条例\n\n第一条 热气球升空前应当检查燃烧器。\n\n第二条 自2025年1月1日起施行。\n", "utf-8"
    )
    with KnowledgeBase.open(kb_folder) as reader:
        assert "热气球条例" not in {h.chunk.law for h in reader.search("热气球升空前检查什么")}
        with open_writer(kb_folder, load_embedder(None)) as writer:
            ingest(writer, [str(extra)], Given())
        assert reader.search("热气球升空前检查什么")[0].chunk.law == "热气球条例"


def test_two_writers_never_meet(kb_folder: Path) -> None:
    with (
        writing(kb_folder),
        pytest.raises(LockedError, match="正被另一个进程"),
        open_writer(kb_folder, load_embedder(None)),
    ):
        pass


class _OtherModel:
    name = "another-model"
    dimension = 8

    def embed_documents(self, texts):
        raise AssertionError("must not be asked")

    def embed_query(self, text):
        raise AssertionError("must not be asked")


def test_another_model_is_refused_with_the_command_that_rebuilds(kb_folder: Path) -> None:
    with (
        pytest.raises(ModelMismatchError, match="python -m kb rebuild"),
        open_writer(kb_folder, _OtherModel()),
    ):
        pass
    with pytest.raises(ModelMismatchError, match="another-model"):
        KnowledgeBase(kb_folder, _OtherModel())


def test_a_damaged_index_is_noticed(kb_folder: Path) -> None:
    for path in next(kb_folder.glob("index-*")).rglob("chroma.sqlite3"):
        path.write_bytes(b"not a database" * 100)
    with pytest.raises(KnowledgeBaseError, match="python -m kb rebuild"):
        KnowledgeBase.open(kb_folder)
    rebuild(kb_folder, load_embedder(None))
    assert is_whole(kb_folder)


@pytest.fixture
def kb_folder(sample_folder: Path, bring_in, tmp_path: Path) -> Path:
    assert bring_in(sample_folder).added == len(SAMPLES)
    return tmp_path / "kb"
