//! Names of firms and people, made from parts. None is meant to be anyone in particular: mail goes to `example.com`,
//! and telephone numbers have a run of zeros that is never given out.

use std::collections::HashSet;

use rand::Rng;

use crate::chance::pick;

/// City, region, a landline prefix.
pub(crate) const CITIES: [(&str, &str); 24] = [
    ("北京", "华北"),
    ("上海", "华东"),
    ("广州", "华南"),
    ("深圳", "华南"),
    ("杭州", "华东"),
    ("成都", "西南"),
    ("南京", "华东"),
    ("武汉", "华中"),
    ("苏州", "华东"),
    ("西安", "西北"),
    ("重庆", "西南"),
    ("天津", "华北"),
    ("长沙", "华中"),
    ("郑州", "华中"),
    ("青岛", "华东"),
    ("宁波", "华东"),
    ("厦门", "华南"),
    ("合肥", "华东"),
    ("佛山", "华南"),
    ("东莞", "华南"),
    ("济南", "华东"),
    ("沈阳", "东北"),
    ("昆明", "西南"),
    ("无锡", "华东"),
];

/// Industry with the words that firms of it are called by.
pub(crate) const INDUSTRIES: [(&str, [&str; 3]); 10] = [
    ("互联网", ["网络科技", "信息技术", "数字科技"]),
    ("制造业", ["精密机械", "智能装备", "电子"]),
    ("零售", ["商贸", "百货", "供应链管理"]),
    ("教育", ["教育科技", "教育咨询", "文化发展"]),
    ("医疗健康", ["医疗器械", "健康科技", "生物科技"]),
    ("金融服务", ["金融信息服务", "商务咨询", "数据服务"]),
    ("物流", ["物流", "国际货运代理", "仓储服务"]),
    ("餐饮", ["餐饮管理", "食品", "酒店管理"]),
    ("建筑地产", ["建筑工程", "装饰设计", "物业服务"]),
    ("文化传媒", ["文化传媒", "广告", "会展服务"]),
];

const FIRST: &str =
    "云启恒瑞盛博锦华嘉明远创新智汇信达宏泰安康乐优品佳诚德信天宇星海蓝图鼎立众联卓越凯旋领航瀚海清源润泽";
const SECOND: &str = "辰科维尚通洋腾润凡程景源邦禾誉森拓翔锐同方正和悦朗峰益捷丰图灵越港舟晟途帆岩昊川穗";
const FAMILY: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾",
    "彭", "吕",
];
const FAMILY_PINYIN: [&str; 40] = [
    "wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu", "sun", "hu", "zhu", "gao",
    "lin", "he", "guo", "ma", "luo", "liang", "song", "zheng", "xie", "han", "tang", "feng", "yu", "dong", "xiao",
    "cheng", "cao", "yuan", "deng", "xu", "fu", "shen", "zeng", "peng", "lyu",
];
const GIVEN: [(&str, &str); 36] = [
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("洋", "yang"),
    ("艳", "yan"),
    ("勇", "yong"),
    ("杰", "jie"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("秀英", "xiuying"),
    ("晓燕", "xiaoyan"),
    ("建国", "jianguo"),
    ("志强", "zhiqiang"),
    ("雪梅", "xuemei"),
    ("子涵", "zihan"),
    ("雨桐", "yutong"),
    ("浩然", "haoran"),
    ("思远", "siyuan"),
    ("佳琪", "jiaqi"),
    ("欣怡", "xinyi"),
    ("文博", "wenbo"),
    ("海燕", "haiyan"),
    ("国栋", "guodong"),
    ("丽华", "lihua"),
    ("俊杰", "junjie"),
    ("梦瑶", "mengyao"),
    ("宇航", "yuhang"),
    ("慧敏", "huimin"),
    ("天佑", "tianyou"),
    ("若曦", "ruoxi"),
    ("晨", "chen"),
];
const TITLES: [&str; 8] =
    ["运营总监", "IT 经理", "行政主管", "总经理", "采购经理", "市场经理", "产品经理", "人力资源经理"];
const STAFF: [&str; 24] = [
    "王晓芳",
    "李志远",
    "张雨桐",
    "刘建华",
    "陈思敏",
    "杨浩然",
    "赵文静",
    "黄俊杰",
    "周海燕",
    "吴国栋",
    "徐佳琪",
    "孙明哲",
    "胡雪梅",
    "朱晨曦",
    "高子涵",
    "林慧敏",
    "何天宇",
    "郭丽娜",
    "马超群",
    "罗欣怡",
    "梁志强",
    "宋雅文",
    "郑博文",
    "谢梦瑶",
];

/// A person at a customer.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) title: &'static str,
    pub(crate) phone: String,
    pub(crate) email: String,
}

/// The staff who own customers, at most two dozen.
pub(crate) fn staff(count: u32) -> &'static [&'static str] {
    &STAFF[..(count as usize).clamp(1, STAFF.len())]
}

/// A person with a telephone number and an address at the customer's own domain.
pub(crate) fn contact(rng: &mut impl Rng, customer: u32) -> Contact {
    let family = rng.random_range(0..FAMILY.len());
    let (given, given_pinyin) = pick(rng, &GIVEN);
    let prefix = pick(rng, &[130, 135, 138, 139, 150, 158, 176, 186]);
    Contact {
        name: format!("{}{given}", FAMILY[family]),
        title: pick(rng, &TITLES),
        phone: format!("{prefix}0000{:04}", rng.random_range(0..10_000)),
        email: format!("{given_pinyin}.{}@c{customer:05}.example.com", FAMILY_PINYIN[family]),
    }
}

/// Names of firms that were not given before.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirmNames {
    taken: HashSet<String>,
}

impl FirmNames {
    /// A name such as 杭州云科网络科技有限公司; a third character is added when the short ones are used up.
    pub(crate) fn next(&mut self, rng: &mut impl Rng, city: &str, industry: usize) -> String {
        let (first, second): (Vec<char>, Vec<char>) = (FIRST.chars().collect(), SECOND.chars().collect());
        let trade = pick(rng, &INDUSTRIES[industry % INDUSTRIES.len()].1);
        let mut brand = String::new();
        brand.push(pick(rng, &first));
        brand.push(pick(rng, &second));
        loop {
            let form = if rng.random::<f64>() < 0.12 { "股份有限公司" } else { "有限公司" };
            let name = format!("{city}{brand}{trade}{form}");
            if self.taken.insert(name.clone()) {
                return name;
            }
            brand.push(pick(rng, &second));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn no_two_firms_share_a_name() {
        let mut names = FirmNames::default();
        let mut rng = stream(1, 1, Purpose::Birth, 0);
        let all: HashSet<String> = (0..20_000).map(|_| names.next(&mut rng, "杭州", 0)).collect();
        assert_eq!(all.len(), 20_000);
    }

    #[test]
    fn staff_have_names_of_their_own() {
        let names: HashSet<&&str> = staff(24).iter().collect();
        assert_eq!(names.len(), 24);
        assert_eq!(staff(12).len(), 12);
    }

    #[test]
    fn nobody_real_is_called_or_written_to() {
        let contact = contact(&mut stream(1, 1, Purpose::Birth, 0), 7);
        assert!(contact.email.ends_with(".example.com"));
        assert_eq!((contact.phone.len(), &contact.phone[3..7]), (11, "0000"));
    }
}
