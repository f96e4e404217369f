"""Forms of writing made equal, one character for one, so that offsets never move.

Full-width letters, digits and signs become half-width; traditional characters become simplified ones (the
characters that official plans use; a character not listed stays as it is).
"""

from __future__ import annotations

import re

#: Traditional and simplified by turns.
_TRADITIONAL = (
    "億亿萬万個个張张畝亩噸吨項项業业產产達达數数實实總总佔占戶户種种時时間间區区縣县與与標标為为務务應应歲岁畫画會会員员類类級级際际發发環环"
    "臺台灣湾點点於于規规劃划創创術术從从對对經经濟济農农設设備备機机構构關关鍵键優优化化體体團团圍围國国內内過过還还進进"
    "遊游覽览館馆鄉乡鎮镇導导擔担領领積积極极約约預预屬属性性幣币財财貿贸車车電电網网絡络線线節节資资訊讯質质驗验證证"
    "護护綠绿變变碳碳減减損损壞坏獎奖勵励學学習习師师醫医療疗衛卫養养老老險险殘残職职藝艺場场廠厂廣广東东門门開开"
    "閉闭層层單单雙双歷历史史齡龄長长雲云權权認认識识試试論论詞词語语說说讀读調调談谈請请讓让議议譯译負负貢贡賬账貨货"
    "購购貼贴費费賀贺賴赖贏赢趕赶轉转輪轮軟软載载較较輔辅輕轻輸输辦办邊边運运連连遠远適适選选遺遗鄰邻釋释鐵铁錢钱銷销鋼钢"
    "錄录鎖锁鏈链鑒鉴陽阳陰阴陸陆隊队階阶隨随難难靈灵靜静韌韧頁页順顺頓顿頻频題题額额顏颜願愿顧顾顯显風风"
    "飛飞飯饭飲饮駐驻駛驶驅驱馬马鮮鲜鳳凤麥麦黃黄龍龙龜龟衝冲決决況况淨净準准涼凉滿满漁渔漢汉潔洁濕湿灘滩災灾無无熱热"
    "爭争爾尔牆墙獨独獲获現现瑪玛當当監监盤盘矚瞩礦矿禮礼禦御稅税穩稳窮穷競竞筆笔簡简糧粮紀纪紅红純纯紙纸組组"
    "細细終终結结絕绝給给統统綜综維维綱纲緊紧編编緩缓縮缩績绩織织繼继續续羅罗義义聯联聲声聽听肅肃腦脑膚肤臨临興兴舉举"
    "舊旧葉叶蓋盖藍蓝藥药蘇苏虛虚處处號号虧亏補补裝装見见視视親亲觀观覺觉觸触計计訂订記记許许評评該该詳详誠诚誤误諮咨諾诺"
    "謀谋講讲謝谢豐丰貧贫責责貴贵買买賣卖賓宾賽赛贊赞趨趋跡迹軍军軌轨遞递遲迟遷迁郵邮鄭郑醬酱針针銀银銅铜鋒锋錯错鍋锅鏡镜"
    "鐘钟閱阅闊阔隱隐雖虽雜杂離离須须頒颁頭头飾饰餘余騎骑騰腾鬥斗鬧闹魚鱼鳥鸟鹽盐齊齐齒齿帶带寬宽層层島岛嶺岭庫库廳厅"
    "態态慶庆憑凭戲戏擇择擴扩據据撥拨攝摄斷断暢畅曆历書书條条棄弃榮荣樓楼樹树樣样橋桥檔档檢检欄栏歐欧殺杀氣气沒没"
)
_TABLE = {ord(_TRADITIONAL[i]): _TRADITIONAL[i + 1] for i in range(0, len(_TRADITIONAL) - 1, 2)}
_TABLE.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
# Sentence signs keep their Chinese form: the parsers look for them.
for _sign in "，。；：！？（）":
    _TABLE.pop(ord(_sign), None)
_TABLE.update({ord(";"): "；", ord("("): "（", ord(")"): "）", ord("!"): "！", ord("?"): "？"})
_TABLE.update({0x3000: " ", 0x00A0: " ", 0x2013: "—", 0x2212: "-", 0x301C: "~", 0xFE6A: "%"})
#: A half-width comma that separates no thousands is a Chinese one.
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")


def fold(text: str) -> str:
    """``text`` in one form of writing; always of the same length. Commas within numbers stay half-width.

    >>> fold("占ＧＤＰ比重達到２．８％(左右)")
    '占GDP比重达到2.8%（左右）'
    """
    return _COMMA.sub("，", text.translate(_TABLE))
