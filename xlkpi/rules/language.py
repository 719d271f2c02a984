"""The languages in which a rule may be written, and what is said about rules in each of them.

Messages stand in the code in simplified Chinese, with {…} for what they speak of. Their English is in messages.toml,
their traditional Chinese follows by a small table: this part also runs where there is nothing but the standard
library and lark.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Self

HANS, HANT, EN = "zh-Hans", "zh-Hant", "en"
LANGUAGES = (HANS, HANT, EN)

# Characters of the language and of its messages; where one simplified character stands for several, the one meant here.
_SIMPLIFIED = (
    "达标个点于实际则满顶优线为准离内计过并与档后额项对开仅单数没无从长减评级负阶别时间条币钱万亿决类许础发"
    "须写还够几这里读关键说话语汇总组态应该组织盖复杂边两档类间隙连贯围范难现较动变运行请统结构区问题询际认确记录"
    "张页见规书门员责权辖听设备传输层错误终续当称号样办护续证据义词专业转换车轮给听带宽选择删补齐么东启岁头么"
    "钟楼汉阅细丢弃节约测尽强弱双独处断补较阴阳随机拟坏却并种仓华输费练习产态检查经营销归类别样显"
)
_TRADITIONAL = (
    "達標個點於實際則滿頂優線為準離內計過並與檔後額項對開僅單數沒無從長減評級負階別時間條幣錢萬億決類許礎發"
    "須寫還夠幾這裡讀關鍵說話語彙總組態應該組織蓋複雜邊兩檔類間隙連貫圍範難現較動變運行請統結構區問題詢際認確記錄"
    "張頁見規書門員責權轄聽設備傳輸層錯誤終續當稱號樣辦護續證據義詞專業轉換車輪給聽帶寬選擇刪補齊麼東啟歲頭麼"
    "鐘樓漢閱細丟棄節約測盡強弱雙獨處斷補較陰陽隨機擬壞卻並種倉華輸費練習產態檢查經營銷歸類別樣顯"
)
# Taiwan's terms, on simplified text, before the characters.
_TERMS = {
    "实际完成": "实际達成", "完成率": "達成率", "数据项": "資料項目", "数据": "資料", "单元格": "儲存格",
    "运行": "執行", "封顶": "上限",
}  # fmt: skip
_CHARACTERS = str.maketrans(dict(zip(_SIMPLIFIED, _TRADITIONAL, strict=True)))

_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_NAMES = re.compile('「[^」]*」|“[^”]*”|"[^"]*"')
"""What the sentence names, in whatever language."""


def language_of(sentence: str) -> str:
    """The language that a sentence is written in, whatever language its quoted names have."""
    own = _NAMES.sub("", sentence)
    if not _CHINESE.search(own):
        return EN if _LATIN.search(own) else HANS
    traditional = sum(char in _ONLY_TRADITIONAL for char in own)
    simplified = sum(char in _ONLY_SIMPLIFIED for char in own)
    return HANT if traditional > simplified else HANS


_PAIRS = {(s, t) for s, t in zip(_SIMPLIFIED, _TRADITIONAL, strict=True) if s != t}
_ONLY_SIMPLIFIED = {s for s, _ in _PAIRS} - {t for _, t in _PAIRS} - set("准后里只几")
_ONLY_TRADITIONAL = {t for _, t in _PAIRS} - {s for s, _ in _PAIRS} | set("綫爲裏啓")


def to_traditional(text: str) -> str:
    """Simplified text of the language or of its messages in traditional characters, with the terms of Taiwan."""
    for simplified, term in _TERMS.items():
        text = text.replace(simplified, term)
    return text.translate(_CHARACTERS)


@cache
def _english() -> dict[str, str]:
    return tomllib.loads(files("xlkpi.rules").joinpath("messages.toml").read_text("utf-8"))


def say(message: str, language: str = HANS, /, **values: object) -> str:
    """A message in a language. One that has no English yet is said in Chinese: better than not at all."""
    if language == EN:
        message = _english().get(message, message)
    elif language == HANT:
        message = to_traditional(message)
    return message.format(**values) if values else message


class Said(ValueError):  # noqa: N818 - what its kinds have in common; they end in Error
    """An error that people read: a message of the code, what it speaks of, and the language to say it in."""

    def __init__(self, message: str, language: str = HANS, /, **values: object) -> None:
        super().__init__(say(message, language, **values))
        self.source, self.language, self.values = message, language, values

    @property
    def message(self) -> str:
        return str(self)

    def told(self, language: str) -> Self:
        """The same error in another language."""
        return type(self)(self.source, language, **self.values)
