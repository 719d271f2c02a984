"""The characters of the language: one width and one script for them, and what may be a name."""

from __future__ import annotations

import re

# Traditional characters of the words of the language and their simplified forms. Text that is not the language's own
# (names) is kept as typed; OpenCC serves where whole workbooks are translated.
_TRADITIONAL = (
    "萬與專業丟兩個爲鄉買爭於產億僅從倉價優會體餘償儲養內冊決況準減幾劃則剛別辦務動勵勞區協單賣佔廠廳縣參"
    "雙發變臺號後噸員圍場壞處備復獎實審對導將盡層幣並庫應開張當錄總戰戶執護報掛損換據攤數無時術雜權條標檔"
    "檢檻溝沒測漲滯滿點環現監礎確離種筆籤簡類約級紀線組細織經結給統績續維綜縮罰聯節範獲營裝見觀規視計認議"
    "記許論設證評訴試誠話該誤說請課調負責貨質購費資賦賠轉輪載較輛達過運還進違連遲適遺裏鍾鉤錢鋪銷錯鎮長門"
    "間階際險難頁頂項須預領題額驗齊綫為隻週鐘繫簽複裡係製麼瞭"
)
_SIMPLIFIED = (
    "万与专业丢两个为乡买争于产亿仅从仓价优会体余偿储养内册决况准减几划则刚别办务动励劳区协单卖占厂厅县参"
    "双发变台号后吨员围场坏处备复奖实审对导将尽层币并库应开张当录总战户执护报挂损换据摊数无时术杂权条标档"
    "检槛沟没测涨滞满点环现监础确离种笔签简类约级纪线组细织经结给统绩续维综缩罚联节范获营装见观规视计认议"
    "记许论设证评诉试诚话该误说请课调负责货质购费资赋赔转轮载较辆达过运还进违连迟适遗里钟钩钱铺销错镇长门"
    "间阶际险难页顶项须预领题额验齐线为只周钟系签复里系制么了"
)

_PUNCTUATION = {
    "；": ";", "。": ";", "\n": ";", "\r": ";", "⏎": ";", "！": ";", "，": ",", "：": ":",
    "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "～": "-", "~": "-", "–": "-", "—": "-", "−": "-", "﹣": "-",
    "\u3000": " ", "\t": " ", "\u00a0": " ",
    "×": "*", "✕": "*", "/": "÷", "╱": "÷", "【": "(", "】": ")",
}  # fmt: skip
# Quotation marks other than 「」 are ignored; so is what pasted text brings along without being seen.
QUOTATION_MARKS = "“”‘’\"'『』《》"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

_SCRIPT = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def _translation(table: dict[str, str]) -> dict[int, str]:
    return str.maketrans({wide: table.get(half, half) for wide, half in _FULL_WIDTH.items()} | table)


_PLAIN = _translation(_SCRIPT | _PUNCTUATION)
_UNMARKED = _translation(dict.fromkeys(QUOTATION_MARKS + INVISIBLE, " ") | _SCRIPT | _PUNCTUATION)

LONGEST_LABEL = 100
_LABEL = re.compile(rf"[^\n「」;,:<>=≥≤%*?~]{{1,{LONGEST_LABEL}}}")
_AROUND = rf"[\s「」{QUOTATION_MARKS}{INVISIBLE}]+"
_AROUND_LABEL = re.compile(f"^{_AROUND}|{_AROUND}$")
_SPACES = re.compile(r"(?<![0-9A-Za-z.])\s+|\s+(?![0-9A-Za-z.])")


def normalise(text: str, *, marks: bool = True) -> str:
    """The text in half-width punctuation and simplified characters; every character keeps its place.

    marks: whether quotation marks other than 「」, and what is not seen, become spaces.
    """
    return text.translate(_UNMARKED if marks else _PLAIN)


def strip_label(text: str) -> str:
    """A label without the quotation marks and spaces around it."""
    return _AROUND_LABEL.sub("", text)


def is_label(text: str) -> bool:
    """Whether a text can name a measure or a level: 「text」 reads back as it is."""
    return text == strip_label(text) and _LABEL.fullmatch(_SPACES.sub("", normalise(text))) is not None
