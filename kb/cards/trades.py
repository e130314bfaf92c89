"""What kind of unit asks (单位类型): the industries its duties are filed under, and the roles it plays."""

import re
from dataclasses import dataclass
from typing import cast, get_args

from kb.cards.records import Feature, Industry
from kb.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of unit as a manager would name it.

    `roles` are the narrow subjects it answers to (see `bound_roles`); `implies` are features it has without being asked.
    """

    name: str
    industries: frozenset[Industry]
    roles: frozenset[str] = frozenset()
    implies: frozenset[Feature] = frozenset()


def _trade(name: str, industries: str, roles: str = "", implies: str = "") -> Trade:
    return Trade(
        name,
        frozenset(cast(list[Industry], industries.split())),
        frozenset(roles.split()),
        frozenset(cast(list[Feature], implies.split())),
    )


TRADES: dict[str, Trade] = {
    trade.name: trade
    for trade in (
        _trade("机械与金属加工", "工贸", "企业 工厂"),
        _trade("家具、木材、纸品、塑料加工", "工贸", "企业 工厂"),
        _trade("食品、饮料、粮油加工", "工贸", "企业 工厂"),
        _trade("纺织、服装、鞋帽", "工贸", "企业 工厂"),
        _trade("电子、电器、电池制造", "工贸", "企业 工厂"),
        _trade("其他制造业", "工贸", "企业 工厂"),
        _trade("金属冶炼", "金属冶炼", "企业 工厂 高危 冶炼"),
        _trade("化工、危险化学品生产", "危险化学品", "企业 工厂 高危 危化生产 化工", "危险化学品"),
        _trade("危险化学品仓储", "危险化学品 仓储物流", "企业 高危 危化经营", "危险化学品"),
        _trade("危险化学品经营、加油站", "危险化学品 商场市场", "企业 高危 危化经营", "危险化学品"),
        _trade("危险货物运输", "道路运输 危险化学品", "企业 高危 危货运输 道路运输", "车辆运输 危险化学品"),
        _trade("煤矿", "煤矿", "企业 高危 煤矿 矿山", "特种作业 职业病危害"),
        _trade("非煤矿山、采石、尾矿库", "非煤矿山", "企业 高危 矿山 非煤矿山", "职业病危害"),
        _trade("建筑施工", "建筑施工", "企业 高危 施工", "建设项目 高处作业 特种作业"),
        _trade("房地产开发、自建工程的业主", "建筑施工", "企业 建设", "建设项目"),
        _trade("工程监理", "建筑施工", "企业 监理"),
        _trade("客运、货运、公交、出租", "道路运输", "企业 高危 道路运输", "车辆运输"),
        _trade("汽车修理", "道路运输", "企业 维修"),
        _trade("餐饮、饭店、食堂", "宾馆酒店", "企业 餐饮 公众聚集", "人员密集场所"),
        _trade("宾馆、旅馆、民宿", "宾馆酒店", "企业 旅馆 公众聚集", "人员密集场所"),
        _trade("商场、超市、市场", "商场市场", "企业 商场 公众聚集", "人员密集场所"),
        _trade("小商店、门面房", "商场市场", "企业 门店"),
        _trade("KTV、歌舞、游艺、剧本娱乐", "娱乐场所", "企业 娱乐 歌舞 公众聚集", "人员密集场所"),
        _trade("网吧、电竞馆", "娱乐场所", "企业 网吧 公众聚集", "人员密集场所"),
        _trade("游乐园、景区、索道", "文物旅游", "企业 景区 游乐", "人员密集场所"),
        _trade("文物、博物馆", "文物旅游", "事业 景区", "人员密集场所"),
        _trade("中小学、职业学校、高校", "学校", "事业 学校", "人员密集场所"),
        _trade("幼儿园、托育机构", "学校", "事业 学校 幼儿园", "人员密集场所"),
        _trade("医院、诊所、卫生院", "医院", "事业 医疗", "人员密集场所"),
        _trade("养老院、福利院", "养老机构", "事业 养老", "人员密集场所"),
        _trade("物业服务（住宅小区）", "物业", "企业 物业 小区"),
        _trade("物业服务（写字楼、商业楼）", "物业", "企业 物业 公共建筑", "人员密集场所"),
        _trade("出租房屋、园区出租", "出租房屋", "企业 出租", "外包或出租"),
        _trade("仓储、物流园", "仓储物流", "企业 仓储"),
        _trade("快递、邮政", "仓储物流", "企业 快递", "车辆运输"),
        _trade("燃气公司、液化气站", "城镇燃气", "企业 高危 燃气", "燃气"),
        _trade("发电、供电", "电力", "企业 电力", "特种作业"),
        _trade("烟花爆竹生产、批发", "烟花爆竹", "企业 高危 烟花厂", "烟花爆竹"),
        _trade("烟花爆竹零售", "烟花爆竹 商场市场", "企业 烟花店", "烟花爆竹"),
        _trade("民用爆炸物品、爆破作业", "民用爆炸物品", "企业 高危 民爆", "爆破作业"),
        _trade("油气长输管道", "管道", "企业 高危 管道"),
        _trade("铁路、城市轨道", "铁路", "企业 高危 铁路"),
        _trade("水上运输、渡口", "水上交通", "企业 高危 水运"),
        _trade("机场、通航、无人机", "民用航空", "企业 高危 航空"),
        _trade("农业、渔业、农机", "农业渔业", "企业 农业"),
        _trade("林场、草原经营", "森林草原", "企业 林场"),
        _trade("水库、水电站", "防汛水利 电力", "企业 水库 电力"),
        _trade("科研、检测实验室", "实验室", "事业 实验室"),
        _trade("大型活动承办", "大型活动", "企业 活动", "人员密集场所"),
        _trade("电梯安装、维保", "特种设备", "企业 维保", "特种设备"),
        _trade("特种设备安装、租赁", "特种设备", "企业 特种安装", "特种设备 吊装作业"),
        _trade("安全评价、检测、消防技术服务", "消防", "企业 服务机构"),
        _trade("机关、事业单位、写字楼办公", "通用 气象防雷", "事业 办公"),
        _trade("其他企业", "通用 气象防雷", "企业 平台"),
    )
}

# Who a duty names, first match wins: the roles it binds; an empty set binds whoever the industry fits.
_ANYBODY = ""
_ROLES = (
    (
        r"^(?:生产经营单位|机关、企业|用人单位|任何单位|任何人|单位(?:和|或)?个人|主要负责人|单位主要负责人|从业人员)",
        _ANYBODY,
    ),
    (r"中型规模以上", _ANYBODY),
    (r"注册安全工程师$", "高危"),
    (r"平台经济", "平台"),
    (r"安全评价机构|消防技术服务机构", "服务机构"),
    (r"^(?:使用派遣工|委托|聘用|接收|发包|组建|共用|产权|动火|消防产品|有防汛|企业事业|各)", _ANYBODY),
    (r"^电梯维护保养单位", "维保"),
    (r"安装、改造、修理单位", "维保 特种安装"),
    (r"安装、拆卸单位|^出租单位、自购", "特种安装 施工"),
    (r"^工程监理", "监理"),
    (r"^机关、企业事业", _ANYBODY),
    (r"高层公共建筑内的餐饮", "餐饮 旅馆"),
    (r"^高层住宅建筑的物业", "小区"),
    (r"^高层公共建筑的", "公共建筑 旅馆 商场 医疗 娱乐 网吧 公众聚集 办公 学校 养老"),
    (r"^高层", _ANYBODY),
    (
        r"燃气设施工程|^(?:瓶装|管道)?燃气经营(?:者|企业)$|市(?:瓶装|管道)?燃气(?:经营)?(?:企业|者)$|市管道燃气经营",
        "燃气",
    ),
    (r"燃气企业$", "建设 施工 燃气"),
    (r"房屋使用安全责任人|装修工程的建设单位|^建设工程所有权人", _ANYBODY),
    (r"建设单位、施工单位|建设单位和施工单位|施工单位.*为建设单位|建设单位、施工作业", "建设 施工"),
    (r"公众聚集场所", "公众聚集"),
    (r"建设单位", "建设"),
    (r"^煤矿(?!、)|^井工煤矿", "煤矿"),
    (r"^金属非金属|^尾矿库|^小型露天|^非煤", "非煤矿山"),
    (r"^矿山企业$", "矿山"),
    (r"^(?:冶金|冶炼企业|金属冶炼厂|生产、储存、使用煤气)", "冶炼"),
    (
        r"^(?:矿山|危险物品|高危单位|生产、储存危险物品|按规定应当提取|国家规定的高危|已取得安全|煤矿、非煤)",
        "高危 公众聚集 景区 游乐",
    ),
    (r"施工", "施工"),
    (r"^危险化学品生产企业、经营", "危化生产 危化经营"),
    (r"^危险化学品生产企业", "危化生产"),
    (r"危险化学品经营|危险化学品商店", "危化经营"),
    (r"危险化学品道路|^托运人、危险化学品运输|驾驶人员、押运人员", "危货运输"),
    (r"^使用危险化学品从事生产的化工", "化工"),
    (r"烟花爆竹零售", "烟花店"),
    (r"^烟花爆竹生产", "烟花厂"),
    (r"^管道企业", "管道"),
    (r"^物业服务企业、电梯", "物业 维保"),
    (r"^物业、转供电", "物业 商场 出租"),
    (r"^(?:物业|业主、物业)", "物业"),
    (r"住宅区", "小区"),
    (r"^居民、业主", "物业 出租"),
    (r"^(?:出租人|房屋所有权人、承租人)", _ANYBODY),
    (r"^客运索道", "游乐"),
    (r"^大型商场、超市", "商场 医疗 景区 游乐"),
    (r"^养老院、福利院、寄宿", "养老 学校 旅馆 娱乐 门店"),
    (r"公共娱乐场所、宾馆", "娱乐 网吧 旅馆"),
    (r"^歌舞", "歌舞"),
    (r"^林区内", _ANYBODY),
    (r"娱乐场所", "娱乐"),
    (r"互联网上网", "网吧"),
    (r"^旅游经营者", "景区 旅馆 游乐"),
    (r"^景区", "景区 游乐"),
    (r"旅馆|住宿", "旅馆"),
    (r"大型活动场所", "活动 商场 景区 游乐"),
    (r"大型群众性活动|大型活动", "活动"),
    (r"举办幼儿园", "幼儿园"),
    (r"校车", "学校 道路运输"),
    (r"^学校、医院、企业", _ANYBODY),
    (r"^学校、福利院|^医院、养老院", "学校 养老 医疗"),
    (r"密切接触未成年人", "学校 医疗"),
    (r"学校", "学校"),
    (r"^医疗卫生机构", "医疗"),
    (r"快递业务", "快递"),
    (r"道路运输站", "道路运输"),
    (r"机动车维修", "维修"),
    (r"客运(?!索道)|客货运|运输单位$", "道路运输 危货运输 快递 仓储"),
    (r"^船|^渡口", "水运"),
    (r"^拖拉机|^农业机械", "农业"),
    (r"^电力企业", "电力"),
    (r"^水库", "水库"),
)


_COMPILED = tuple((re.compile(pattern), frozenset(roles.split())) for pattern, roles in _ROLES)


def bound_roles(who: str) -> frozenset[str]:
    """Return the roles a duty's `who` binds; empty where it binds whoever its industries fit.

    >>> sorted(bound_roles("互联网上网服务营业场所经营单位")), bound_roles("生产经营单位")
    (['网吧'], frozenset())
    """
    for pattern, roles in _COMPILED:
        if pattern.search(who):
            return roles
    return frozenset()


def trade(name: str) -> Trade:
    """Return the trade of a name in `TRADES`, or the one an `Industry` alone stands for.

    Raises:
        SettingsError: if the name is neither.

    >>> sorted(trade("幼儿园、托育机构").roles), sorted(trade("工贸").industries)
    (['事业', '学校', '幼儿园'], ['工贸'])
    """
    if name in TRADES:
        return TRADES[name]
    for industry in get_args(Industry):
        if industry == name:
            return Trade(name, frozenset({industry}), frozenset({"企业"}))
    raise SettingsError(f"不认识的单位类型“{name}”：请从“{'”“'.join(TRADES)}”里选一个。")
