// 回填、归属与公海的用语。

export const sheetWords = {
  sheets: {
    title: '回填', hint: '把改好的导出文件放回来', page: '回填', about: '导出的表格在 Excel 或 WPS 里改好，放回来就是一次批量修改：先逐格看差别，确认后一次生效，一键撤销。',
    choose: '选择文件', other: '换一个文件', drop: '把改好的文件拖到这里', drop_text: '导出的工作簿，或自己做的表：保留“客户编号”，加上要改的列。CSV 也可以。',
    columns: '可以改的列', columns_are: '负责人、标签、下次联系、结果、流失原因、备注', rules: '没动过的格不算；别人改过的格会单独列出，由您决定；不在您权限里的行不会动。',
    sentence_other: '要改 <b>{{shown}}</b> 格，涉及 {{customers}} {{m}}{{noun}}', conflicts_other: '，<b>{{shown}}</b> 格别人改过', rejected_other: '，{{shown}} 格不能改', nothing: '和现在没有差别，不用改',
    left_at: '{{when}} 导出', no_moment: '文件里没有导出时的值，无法判断期间有没有别人改过', rows_other: '{{shown}} 行', before: '这个文件在 {{when}} 已由 {{who}} 回填过', capped: '只列出前 {{shown}} 格',
    show: { all: '全部', change: '要改', conflict: '别人改过', rejected: '不能改' },
    field: { owner: '负责人', tags: '标签', next_contact: '下次联系', outcome: '结案', row: '整行' },
    row: '行', what: '项目', becomes: '现在 → 改为', note: '说明', empty: '无', from_to: '{{was}} 改为 {{becomes}}', was_exported: '导出时是 {{exported}}', changed_by: '{{who}} {{when}} 改过', take_this: '改第 {{row}} 行的{{field}}', none_here: '没有这一类',
    apply_other: '改这 {{shown}} 格', applied_other: '已改 {{shown}} 格，涉及 {{customers}} {{m}}{{noun}}', left_other: '{{count}} 格刚被别人改过，没有动', nothing_left: '没有可改的了：这些格已经是文件里的值', undo: '撤销', undo_title: '撤销这次回填？', undo_text: '之后没有别人改过的格恢复原样；已结的跟进单重新打开。', undone_other: '已恢复 {{shown}} 格', undone_some: '{{shown}} / {{all}} 格已恢复，其余之后被别人改过', done_more: '再回填一个',
    history: '回填记录', history_none: '还没有回填过', file: '文件', when: '时间', who: '操作人', cells: '改动', cells_are_other: '{{shown}} 格 · {{customers}} {{m}}', state: '状态', stands: '有效', was_undone: '{{who}} {{when}}撤销，恢复 {{shown}} 格', cell_undone: '已恢复', back: '回填',
  },
  pool: {
    title: '公海', sentence_other: '公海里有 <b>{{shown}}</b> {{m}}{{noun}}', left: '今天还能领 {{left}} {{m}}（每天 {{day}}）', have: '名下 {{have}} / {{most}}', no_key: '您没有填写“数据中的负责人”，只能看，不能领', none: '公海里没有{{noun}}', none_text: '没有负责人的{{noun}}会在这里，谁先领归谁。',
    take: '领取', take_this: '领取 {{name}}', taken: '{{name}} 归您了', before: '之前', was: '{{when}} 前是 {{who}} 的', never: '没有换人记录',
    about: '没有负责人的{{noun}}组成公海。开放后，填写了“数据中的负责人”的员工可以看到并领取，每次换人都是一条动态。', open: '开放公海', open_hint: '关闭时只有能看全部{{noun}}的人在{{noun}}列表里看到', per_day: '每人每天最多领', most: '名下最多', most_hint: '留空为不限',
    coming: '将回公海', coming_sentence_other: '<b>{{shown}}</b> {{m}}{{noun}}将回公海', rule: '{{days}} 天没有跟进就回公海，提前 {{warn}} 天提醒负责人；写一条跟进就留在名下。有未结跟进单的不回。', returns_on: '将于 {{when}} 回公海', quiet_since: '{{when}} 起', last_record: '没有跟进', when: '什么时候',
    returned: '已回公海', returned_sentence_other: '近 30 天回了 <b>{{shown}}</b> {{m}}', went_back: '回公海', still_here: '在公海', gone_again: '已有人领取',
    after: '多少天没有跟进就回公海', after_hint: '留空为不自动回；公海开放时才生效', warn: '提前多少天提醒', warn_hint: '没有提醒过的不会回', warn_less: '要少于回公海的天数', now_coming_other: '现在有 {{shown}} {{m}}将回公海', now_returned_other: '近 30 天回了 {{shown}} {{m}}', see: '看名单',
    owners: '历任负责人', since: '{{when}}起', from_until: '{{from}} 至 {{until}}', how: { sheet: '回填', sheet_undone: '撤销回填', claimed: '从公海领取', returned: '久无跟进，回公海', hand_over: '离职交接' },
  },
};
