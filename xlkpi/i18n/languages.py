"""The three languages: which of them a sentence is in, and simplified text in traditional characters."""

from __future__ import annotations

import re
from functools import lru_cache

HANS, HANT, EN = "zh-Hans", "zh-Hant", "en"
LANGUAGES = (HANS, HANT, EN)

# The characters of the language and of its messages that differ, each simplified one before its traditional one. Of
# several traditional ones it is that which these texts mean (标准 has 準, 以后 has 後).
_PAIRS = """
与與 两兩 个個 为為 么麼 于於 从從 优優 内內 写寫 决決 况況 准準 减減 几幾 则則 办辦 区區 单單 却卻 发發 叠疊 号號 后後
吗嗎 围圍 复複 实實 对對 层層 属屬 并並 应應 开開 总總 据據 数數 时時 权權 条條 来來 标標 样樣 档檔 没沒 满滿 点點 盖蓋
离離 种種 称稱 级級 纯純 线線 组組 经經 绝絕 范範 计計 认認 许許 评評 说說 请請 读讀 较較 边邊 达達 过過 运運 还還 这這
进進 连連 迟遲 适適 里裡 长長 间間 际際 顶頂 项項 顺順 须須
挂掛 仅僅 钩鉤 确確 变變 断斷 余餘 设設 换換 万萬 额額 刚剛 规規 诉訴 础礎 话話 现現 类類 递遞
""".split()
# Taiwan's terms, on simplified text, before the characters.
_TERMS = {
    "实际完成": "實際達成", "完成率": "達成率", "数据项": "資料項目", "单元格": "儲存格", "运行": "執行",
    "封顶": "上限", "默认": "預設", "程序": "程式", "四舍五入": "四捨五入",
}  # fmt: skip
_CHARACTERS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS})

_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_LETTER = re.compile(f"{_CHINESE.pattern}|{_LATIN.pattern}")
_NAMES = re.compile('「[^」]*」|“[^”]*”|"[^"]*"')
"""What the sentence names, in whatever language."""


def language_of(sentence: str) -> str:
    """The language that a sentence is written in, whatever language its quoted names have.

    Where nothing tells (甲得100分) it is simplified Chinese.
    """
    own = _NAMES.sub("", sentence)
    if not _LETTER.search(own) and ":" not in own:  # no clause is without words, so the whole sentence is in quotes
        own = sentence
    letters = _CHINESE.findall(own)
    if not letters:
        return EN if _LATIN.search(own) or ":" in own else HANS
    return HANT if sum(map(_traditional_only, letters)) > sum(map(_simplified_only, letters)) else HANS


def simplified_only(text: str) -> bool:
    """Whether a text has characters that traditional Chinese does not use, and none of its own."""
    return any(map(_simplified_only, text)) and not any(map(_traditional_only, text))


@lru_cache(maxsize=4096)
def _encodable(character: str, encoding: str) -> bool:
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


# The two classic encodings hold the characters of one script each, and those that both scripts share; these few are
# traditional whatever the encodings say.
_TRADITIONAL_TOO = frozenset("於裏綫爲啓")


def _simplified_only(character: str) -> bool:
    return _encodable(character, "gb2312") and not _encodable(character, "big5")


def _traditional_only(character: str) -> bool:
    in_one = _encodable(character, "big5") and not _encodable(character, "gb2312")
    return in_one or character in _TRADITIONAL_TOO


def to_traditional(text: str) -> str:
    """Simplified text of the language or of its messages in traditional characters, with the terms of Taiwan."""
    for simplified, term in _TERMS.items():
        text = text.replace(simplified, term)
    return text.translate(_CHARACTERS)
