// 员工与组织、数据范围、交接、审计的用语。

export const staffWords = {
  reach: { label: '数据范围：{{which}}', title: '看谁的{{noun}}', mine: '我的', team: '我的团队', all: '全部', means: { mine: '负责人是我的{{noun}}', team: '我负责的部门及其下级的{{noun}}', all: '全部{{noun}}，包括没有负责人的' }, failed: '范围没有切换成' },
  join: { title: '加入 {{firm}}', hello: '{{name}}，欢迎', about: '设置一个密码就可以开始。您的角色是{{role}}，登录名是 {{email}}。', password: '设置密码', again: '再输一遍', differs: '两次输入不一样', begin: '开始使用', wrong: '这个邀请打不开', wrong_text: '链接可能已经用过、过期或被收回。请联系发出邀请的管理员重新发一个。', until: '链接在 {{when}} 前有效' },
  staff: {
    sentence_other: '{{count}} 位在用的员工', units_other: '{{count}} 个部门', everybody: '全部员工', no_unit: '未分部门', tree: '组织', members: '员工', heads: '负责人：{{names}}', no_head: '没有负责人', people_other: '{{count}} 人', customers_other: '{{shown}} {{m}}{{noun}}', at_risk_other: '{{shown}} {{m}}高风险', unit: '部门', above: '上级部门', top: '最上级', head_of: '负责人', head_hint: '负责人看得到本部门和所有下级部门的{{noun}}', unit_name: '部门名称', add_unit: '添加部门', edit_unit: '修改部门', remove_unit: '删除“{{name}}”？', unit_hint: '集团、大区、门店，或部门、小组，层级不限',
    invite: '邀请', invite_title: '邀请同事', send: '生成链接', link_about: '把链接发给 {{name}}。七天内有效，只能用一次，密码由本人设置；关掉这个窗口就看不到了。', invited: '已邀请', invited_none: '没有等待接受的邀请', invited_by: '{{who}} 邀请', valid: '{{when}} 前有效', ended: '已过期', withdraw: '收回', withdrawn: '邀请已收回', edit: '修改', edit_title: '修改员工', saved: '已保存', active: '在用', roles: '角色能做什么', role_reach: '数据范围，最远',
    owner_key: '数据中的负责人', owner_key_hint: '数据里写的负责人名字，要一字不差；名下{{noun}}由它决定', strangers_other: '数据里还有 {{count}} 位负责人没有账号', strangers_are: '：{{names}}', customers_head: '{{noun}}', stranger: '{{owner}}（{{shown}} {{m}}）',
    sheet: 'Excel 导入', sheet_title: '从 Excel 导入员工', sheet_about: '表头写成：姓名、邮箱、角色、部门、负责人。部门写成路径，例如 华东大区/徐汇门店，没有的层级会自动建立。', choose: '选择文件', sheet_good_other: '{{count}} 位可以邀请', sheet_bad_other: '{{count}} 位有问题，会略过', new_units: '将新建部门：{{names}}', invite_sheet: '邀请这些人', links: '邀请链接', links_about: '每人一个链接，七天内有效。关掉这个窗口就看不到了，请先复制。', copy_all: '复制全部', problem: '问题',
    hand_over: '离职交接', hand_over_title: '{{name}} 的离职交接', hand_over_about: '账号停用，会话和令牌立即失效；{{noun}}和未结跟进单归接手人；历史记录都保留。', receivers: '接手人', receivers_hint: '一位，或多位平均分配。接手人须在用并填写了“数据中的负责人”', moves: '{{customers}} {{m}}{{noun}}、{{cases}} 个未结跟进单', gets: '{{name}}：{{customers}} {{m}}{{noun}}、{{cases}} 个跟进单', nothing: '名下没有{{noun}}，也没有未结跟进单', done: '{{name}} 的交接已完成', confirm: '确认交接', left: '已离职',
    permission: { see_customers: '看{{noun}}', work: '跟进{{noun}}', export: '导出', unmask: '看完整号码（留痕）', see_definitions: '看指标与规则', edit_definitions: '试算和修改它们', see_data: '看来源与数据质量', manage_data: '导入和修正数据', administer: '员工、设置、审计' },
  },
  hours: { label: '工作时间', hint: '跟进单的时限、提醒和早上的清单按它算；转给别的部门后按对方的继续', inherit: '跟随{{of}}（{{hours}}）', house: '全公司', own: '单独设定', days: '哪几天', spans: '几点到几点', spans_hint: '结束不晚于开始的算到次日，例如 22:00–06:00', from: '第 {{place}} 段从', to: '第 {{place}} 段到', add: '再加一段', remove: '删除第 {{place}} 段', holidays: '法定节假日休息，调休日上班', no_day: '至少选一天', every_day: '每天', from_to: '{{from}}至{{to}}', next_day: '次日 {{time}}', holidays_off: '节假日休息', holidays_on: '节假日不休', day: { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' } },
  unmask: { show: '看完整号码', about: '查看会留下记录', none: '没有可显示的号码', failed: '没有取到' },
  audit: {
    title: '操作审计', sentence_other: '{{shown}} 条，只增不改', none: '还没有符合的记录', when: '时间', who: '操作人', what: '操作', subject: '对象', detail: '详情', all_sorts: '全部类别', all_people: '全部人员', from: '从', until: '到', more: '更早的',
    sort: { sign_in: '登录', export: '导出', unmask: '查看号码', configuration: '配置变更', hand_over: '离职交接', sheet: '回填' },
    did: { applied: '回填', undone: '撤销', signed_in: '登录', signed_out: '退出', sign_in_failed: '登录失败', export: '导出', unmasked: '查看完整号码', handed_over: '离职交接', added: '新增', changed: '修改', removed: '删除', activated: '启用', deactivated: '停用', left: '离职', invited: '邀请', accepted: '接受邀请', withdrawn: '收回邀请', made: '新建', revoked: '停用', set: '设置', drafted: '起草', reviewed: '交付复核', rolled_back: '退回', retired: '换下', written: '写成新版', kept: '留存原版', switched_on: '开启', switched_off: '关掉', password_changed: '修改密码', head_left: '负责人离职' },
    resource: { deed: '', staff: '员工', unit: '部门', invitation: '邀请', setting: '设置', source: '来源', mapping: '字段对应', scorecard: '健康分模型', rule: '规则', churn_definition: '流失口径', token: 'API 令牌', hand_over: '交接', sheet: '表格' },
  },
};
