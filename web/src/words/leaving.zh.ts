// 流失定义这一页的用语。

export const leavingWords = {
  leaving: {
    title: '流失定义', one: '这个流失定义', about: '名单、预警和流失率都按这句话判断。先在自己的数据上试，再启用。', see: '怎么定的', back: '流失概览',
    in_use: '在用', choose: '流失定义', which: '换一个定义试试', window: '沉默天数', window_days_other: '{{shown}} 天', days: '天', own_window: '每{{m}}{{noun}}按自己的间隔等，没有统一的天数', no_window: '这个定义不看沉默天数', take: '用建议的 {{days}} 天', proposed: '建议 {{days}} 天', is_proposed: '{{days}} 天正是建议的天数', no_proposal: '没有建议的天数',
    delay_other: '最多要到最后一次出现（或合同到期）之后 {{shown}} 天才看得出来：今天离开的{{noun}}，那时才算流失。', delay_none: '当天就看得出来。',
    late_other: '数据会晚到，所以结果再等 {{shown}} 天才算数（模型据此学习）。', late_none: '结果不为晚到的数据再等。', lateness: '近一年的数据，95% 在发生后 {{most}} 天内到，99% 在 {{nearly}} 天内到。', late_short: '建议在定义里写 late_days = {{days}}。',
    eligible_title: '判断谁', eligible_sum: '{{all}} {{m}} = 可判断 {{eligible}} + 太新 {{too_new}} + 已流失 {{gone}} + 内部 {{internal}}', eligible: '可判断', too_new: '太新', gone: '已流失', internal: '内部或测试', means: { eligible: '还在，来得也够久', too_new: '来了不到 {{days}} 天，还说不准', gone: '按这个定义已经离开', internal: '自己人、测试，不参与判断；名单和流失率里仍在' },
    moved_none: '与在用的“{{name}}”相比，没有{{noun}}的状态会变。', moved: '与在用的“{{name}}”相比：<b>{{newly}}</b> {{m}}变成已流失，<b>{{back}}</b> {{m}}变回还在。',
    left_title: '近一年怎么离开的', ways: { voluntary: '主动', involuntary: '被动', silent: '静默' }, ways_mean: { voluntary: '说了要走，或到期没有续', involuntary: '不是自己要走：欠费、关停', silent: '没打招呼，慢慢不来了' }, left_none: '近一年没有{{noun}}离开',
    partial_title: '部分流失', partial: '另有 <b>{{count}}</b> {{m}}还在，但近 {{days}} 天的金额比之前 {{days}} 天少了 {{share}} 以上。', partial_unknown: '部分流失还判断不了：{{why}}',
    picture: '天数怎么选的', picture_about: '左边：两次来之间通常隔多久。右边：隔了这么多天还没来的，之后 {{watch}} 天内有多少又回来了，也就是误告别。', gaps_title: '两次来之间隔多久', gaps_half: '{{gaps}} 次间隔，一半不超过 {{half}} 天，95% 不超过 {{most}} 天', gaps_none: '还没有{{noun}}来过第二次，看不出间隔', gaps_label: '间隔分布：{{list}}', returns_title: '走了这么久，又回来多少', returns_label: '误告别比例：{{list}}', returns_rule: '建议：误告别不超过 {{share}} 的最短天数，且至少看过 {{least}} 次离开', bar: '{{from}}–{{to}} 天', bar_last: '{{from}} 天以上', bar_count_other: '{{shown}} 次', chosen: '现在选的',
    table: '换成别的天数', table_about: '点一行就按它试', cols: { days: '天数', gone: '现在算流失', left: '近一年告别', returned: '又回来', rate: '误告别' }, of_watched: '{{returned}} / {{watched}}', untold: '看得不够久',
    months: '按它算的流失率', months_label: '每月流失率：{{list}}', none_judged: '还没有能判断的整月',
    activate: '启用', activate_title: '启用“{{name}}”？', activate_text: '名单和流失率立即按它判断，过去的月份也一样；预警从下一次计算起跟上。', note: '为什么改（可不填）', activated: '已启用：{{name}}', already: '正在用这个定义', admin_only: '流失定义由管理员改', versions: '版本', definition: '定义原文', rolled_back: '已退回第 {{number}} 版', roll_back_text: '名单和流失率立即按那一版判断，过去的月份也一样。',
    not_yet: '还不能判断谁已流失', none: '没有可选的流失定义',
    lines: {
      title: '按产品线', about: '点一条产品线，看各月离开的是谁', line: '产品线', in: '在这条线', rate: '最近整月离开率', trend: '近 12 个月', left_line: '已离开，仍是{{noun}}', left_altogether: '已整体流失', still: '仍是{{noun}}', then: '离开之后',
      means: { in: '现在还在这条产品线里的，含刚来不久的', rate: '最近一个整月里，月初在这条线的有多大比例离开了它', left_line: '不再买这条线，但还在买别的：只算离开这条线，不算流失', left_altogether: '按流失定义已经整体离开，这条线也就离开了' },
      unnamed: '有 {{share}} 的相关明细没写明产品线，不计入任何一条。', shown: '只列最大的 {{shown}} 条，共 {{all}} 条。', spark: '各月离开率：{{list}}', none: '看不出产品线',
      months: '“{{line}}”各月离开', month: '月份', at_start: '月初在线', left: '离开', stayed: '仍是{{noun}}', month_rate: '离开率', names: '{{month}}离开“{{line}}”的{{noun}}', names_none: '这个月没有{{noun}}离开这条线',
      choose: '按产品线分开看', choose_none: '不分产品线', choice: '按“{{property}}”分 {{lines}} 条产品线',
    },
  },
};
