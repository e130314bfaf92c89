"""Web pages made for tests, as sites build them."""

from ingest.formats.reading import Reading

BODY = (
    "<p>各区县、各有关单位：</p>"
    "<p>入冬以来，居民取暖用气、用电增多，我办决定开展一次入户检查，现把要求通知如下。</p>"
    "<p>一、每户都要看一遍烟道、软管和插座，看不了的要约好下次时间。</p>"
    "<p>二、查出的问题当场写进台账，三天之内回访，谁查谁签字。</p>"
)


OWN = [
    "各区县、各有关单位：",
    "入冬以来，居民取暖用气、用电增多，我办决定开展一次入户检查，现把要求通知如下。",
    "一、每户都要看一遍烟道、软管和插座，看不了的要约好下次时间。",
    "二、查出的问题当场写进台账，三天之内回访，谁查谁签字。",
]


AROUND = """
<div class="top"><a href="/">甲市门户</a><a href="/b">登录</a></div>
<div class="nav"><ul><li><a href="/a">首页</a></li><li><a href="/b">政务公开</a></li></ul></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/x">通知公告</a></div>
%s
<div class="xgwz"><h3>相关链接</h3><ul><li><a href="/1">去年的入户检查是怎样开展的</a></li>
<li><a href="/2">取暖季用气安全问答一百条</a></li><li><a href="/3">我市举办用电安全讲座活动</a></li></ul></div>
<div class="share">分享到：<a>微信</a><a>微博</a></div>
<div class="footer">主办单位：甲市办公室 版权所有 甲ICP备00000000号 网站标识码0000000000</div>
"""


def page(middle: str, head: str = "", charset: str = "utf-8", encoding: str = "") -> bytes:
    text = f'<!DOCTYPE html><html><head><meta charset="{charset}">{head}</head><body>{AROUND % middle}</body></html>'
    return text.encode(encoding or charset)


def lines(reading: Reading) -> list[str]:
    return reading.text.splitlines()
