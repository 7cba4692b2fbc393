"""Family names of East Asia, by which a name that is written without a blank is parted: 王小明, 김민수, 高橋健."""

import re
from typing import Final

from leads.normalise.vocabulary import words_of

_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]{2,4}")
_HAN: Final = re.compile(r"[\u3400-\u9fff][\u3005\u3040-\u30ff\u3400-\u9fff]{1,5}")

# Nine of ten Koreans have one of these, and hardly any company begins with one and has three syllables.
_KOREAN: Final = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉경사부"
)
_KOREAN_OF_TWO: Final = words_of("남궁 황보 제갈 선우 독고 사공 서문 동방")
_CHINESE: Final = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘于"
    "蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙"
    "龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯温康施洪季樊齐齊倪翁庄莊颜顏牛柯葛耿焦欧歐俞庞龐殷翟"
)
_CHINESE_OF_TWO: Final = words_of(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 夏侯 皇甫 尉迟 公孙 公孫 慕容 令狐 宇文 长孙 長孫 司徒 端木 南宫 闻人"
)
# The commonest Japanese ones, but for those that as well are a Chinese family name and half a first name (金子, 安田).
_JAPANESE: Final = words_of(
    """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 齋藤 斉藤
    清水 山崎 阿部 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 村上 長谷川 近藤 石井 坂本 遠藤 藤井 青木 福田
    三浦 西村 藤原 太田 松田 原田 岡本 中野 中川 小野 田村 竹内 中山 和田 石田 上田 森田 柴田 酒井 工藤 横山 宮崎 宮本
    内田 高木 谷口 大野 丸山 今井 河野 藤本 村田 武田 上野 杉山 増田 平野 大塚 菅原 小島 久保 千葉 松井 岩崎 桜井 野口
    松尾 木下 野村 菊地 菊池 佐野 大西 杉本 新井 浜田 市川 古川 水野 小松 島田 小山 高田 山内 西田 西川 川口 東野 北村
    五十嵐 安藤 吉川 飯田 本田 久保田 辻本 川崎 中田 川村 土屋 服部 秋山 平田 小池 岩田 福島 荒木 片山 大島 矢野 早川
    """
)

VIETNAMESE_FAMILY_NAMES: Final = words_of(
    "nguyễn trần lê phạm hoàng huỳnh vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh trương lương đào mạc tạ"
)


def end_of_family_name(name: str) -> int:
    """How many signs at the beginning of a name of one word are the family name; 0 where that is not certain.

    Chinese names have two or three signs and Korean ones two to four. A longer one in Chinese characters is Japanese.
    """
    if _HANGUL.fullmatch(name):
        if len(name) > 2 and name[:2] in _KOREAN_OF_TWO:
            return 2
        return 1 if len(name) < 4 and name[0] in _KOREAN else 0
    if not _HAN.fullmatch(name) or name in _JAPANESE:
        return 0
    if len(name) > 2 and name[:2] in _CHINESE_OF_TWO:
        return 2
    for length in (3, 2):
        if len(name) > length and name[:length] in _JAPANESE:
            return length
    return 1 if len(name) < 4 and name[0] in _CHINESE and min(name) >= "\u3400" else 0
