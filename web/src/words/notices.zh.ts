// 通知、渠道、投递记录的用语。

export const noticeWords = {
  notices: {
    choice: '我的通知', choice_about: '勾选哪些事情通过哪个渠道告诉您；不勾选的只出现在右上角的铃铛里。', none_to_choose: '还没有渠道', none_to_choose_text: '管理员添加邮件、企业微信、钉钉或飞书渠道之后，可以在这里选择。', way: '渠道', address: '我的地址', address_mail: '留空即登录邮箱', address_app: '企业微信账号（userid）', address_bot: '用来 @ 您，可不填', saved: '已保存', save: '保存', all: '全部', all_kinds: '全选 {{name}}',
    quiet: '免打扰', quiet_on: '这段时间不打扰', quiet_from: '从', quiet_to: '到', urgent: '紧急的仍然发', lang: '通知用语',
    kind: { morning: '我的今日清单', team_morning: '团队清单', urgent: '紧急预警', breach_soon: '即将超时', breach: '已超时', called: '交给我、催办、提到我', pool_return: '即将回公海', model_drift: '流失模型可能不准了' },
    channels: '通知渠道', channels_about: '通知从这里发出去。密钥加密保存，任何人都看不到。', add: '添加渠道', add_title: '添加通知渠道', edit_title: '修改“{{name}}”', none: '还没有通知渠道', none_text: '通知现在只出现在右上角的铃铛里。添加一个渠道，早上的清单和紧急预警就会送到人手上。', name: '名称', name_hint: '员工选择渠道时看到的名字', kind_label: '类型', in_use: '启用', off: '已停用', resting: '对方要求暂停到 {{when}}', fine: '{{when}} 发送成功', waiting: '还没有发送过', sending: '正在发送', latest: '最近一次', test: '测试发送', tested: '已送出，请在对方那里确认收到', test_to: '收件地址', remove: '删除“{{name}}”？', remove_text: '还没发出去的通知会记为失败；已发的记录保留。', removed: '已删除',
    kind_about: { mail: '用您自己的邮箱发信', wecom_bot: '在群里添加机器人，复制它的 Webhook 地址', wecom_app: '自建应用，发给员工本人', dingtalk_bot: '自定义机器人，安全设置选“加签”', feishu_bot: '自定义机器人，建议打开签名校验' },
    field: { host: '发信服务器（SMTP）', port: '端口', security: '加密', user: '邮箱账号', password: '授权码或密码', from: '发件人', from_hint: '例如 留客 <notice@example.cn>', per_minute: '每分钟最多', webhook: 'Webhook 地址', sign: '加签密钥', corp_id: '企业 ID', agent_id: '应用 AgentId', secret: '应用 Secret', allow_private: '允许内网地址', kept: '已保存，不修改请留空' },
    security: { tls: 'TLS（常用 465）', starttls: 'STARTTLS（常用 587）', none: '不加密（仅限本机）' },
    record: '投递记录', record_mine: '我收到的通知', everybody: '所有人', mine: '我的', record_none: '还没有通知', record_none_text: '清单、预警和时限提醒发出之后，这里会有每一条的去向。', when: '时间', who: '给谁', what: '内容', where: '去向', decide_other: '{{count}} 条要您决定', total_other: '{{shown}} 条通知', tries_other: '已试 {{count}} 次', next_try: '{{when}} 再试', inside: '只在站内', gone: '已删除的渠道', left_by: '{{who}} 决定不发',
    state: { all: '全部', undecided: '待决定', planned: '待发', sending: '发送中', sent: '已发', failed: '失败', possibly_sent: '可能已发' },
    resend: '重发', leave: '不发', resent: '已重新排队', left: '不再发送', more: '更早的',
  },
};
