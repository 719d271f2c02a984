"""The three languages: detects which one a sentence is in, and rewrites simplified in traditional characters."""

from __future__ import annotations

import re
from functools import lru_cache

HANS, HANT, EN = "zh-Hans", "zh-Hant", "en"
LANGUAGES = (HANS, HANT, EN)

# Pairs of a simplified and a traditional character, for all characters of rules and messages that differ. Where several
# traditional ones exist it is the one that these texts need (標準 for 标准, 以後 for 以后).
_PAIRS = """
与與 两兩 个個 为為 么麼 于於 从從 优優 内內 写寫 决決 况況 准準 减減 几幾 则則 办辦 区區 单單 却卻 发發 叠疊 号號 后後
吗嗎 围圍 复複 实實 对對 层層 属屬 并並 应應 开開 总總 据據 数數 时時 权權 条條 来來 标標 样樣 档檔 没沒 满滿 点點 盖蓋
离離 种種 称稱 级級 纯純 线線 组組 经經 绝絕 范範 计計 认認 许許 评評 说說 请請 读讀 较較 边邊 达達 过過 运運 还還 这這
进進 连連 迟遲 适適 里裡 长長 间間 际際 顶頂 项項 顺順 须須
挂掛 仅僅 钩鉤 确確 变變 断斷 余餘 设設 换換 动動 暂暫 资資 万萬 额額 刚剛 规規 诉訴 础礎 话話 现現 类類 递遞 岗崗
""".split()
# Taiwan's terms. They are put into the simplified text before its characters are replaced.
_TERMS = {
    "实际完成": "實際達成", "完成率": "達成率", "数据项": "資料項目", "单元格": "儲存格", "运行": "執行",
    "上级评须": "主管評須", "封顶": "上限", "默认": "預設", "程序": "程式", "联系": "聯絡", "四舍五入": "四捨五入",
}  # fmt: skip
_CHARACTERS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS})

_FIRST, _LAST = "\u3400", "\u9fff"
"""Of the Chinese characters; compiling an expression for them takes longer than most modules to load."""
_LATIN = re.compile("[A-Za-z]")
_QUOTED = re.compile('「[^」]*」|“[^”]*”|"[^"]*"')
"""Quoted names, which may be in another language than the sentence."""


def language_of(sentence: str) -> str:
    """The language of a sentence, without regard to its quoted names.

    Simplified Chinese where nothing decides (甲得100分).
    """
    own = _QUOTED.sub("", sentence)
    if not (_chinese(own) or _LATIN.search(own) or ":" in own):  # every clause has words: the whole sentence is quoted
        own = sentence
    letters = _chinese(own)
    if not letters:
        return EN if _LATIN.search(own) or ":" in own else HANS
    return HANT if sum(map(_traditional_only, letters)) > sum(map(_simplified_only, letters)) else HANS


def _chinese(text: str) -> list[str]:
    return [character for character in text if _FIRST <= character <= _LAST]


def simplified_only(text: str) -> bool:
    """Whether a text has characters that traditional Chinese does not use, and none of its own."""
    return any(map(_simplified_only, text)) and not any(map(_traditional_only, text))


@lru_cache(maxsize=4096)
def _encodable(character: str, encoding: str) -> bool:
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


# GB 2312 has the simplified characters, Big5 the traditional ones, and both have the shared ones. These few are
# traditional although the two encodings do not show it.
_TRADITIONAL_TOO = frozenset("於裏綫爲啓")


def _simplified_only(character: str) -> bool:
    return _encodable(character, "gb2312") and not _encodable(character, "big5")


def _traditional_only(character: str) -> bool:
    in_one = _encodable(character, "big5") and not _encodable(character, "gb2312")
    return in_one or character in _TRADITIONAL_TOO


def to_traditional(text: str) -> str:
    """A rule or message in traditional characters, with Taiwan's terms; for other texts the table is too small."""
    for simplified, term in _TERMS.items():
        text = text.replace(simplified, term)
    return text.translate(_CHARACTERS)
