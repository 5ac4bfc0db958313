// 写跟进、处理建议、承诺的用语。

export const followUpWords = {
  follow_up: {
    record: '写跟进', title: '跟进 {{name}}', send: '记下', recorded: '已记下：{{name}}', dial: '拨打电话', part: '跟进与承诺', none: '还没有跟进记录', next_is: '下次联系：{{when}}',
    channel: '方式', outcome: '结果', mood: '对方的态度', note: '说了什么', note_hint: '一句话就够，例如：嫌报价高，要等总部批预算', promise: '答应了什么', promise_hint: '例如：周三前给新报价', add_promise: '答应了对方一件事', due: '哪天之前', due_needed: '选一个日期，到期会提醒兑现', next: '下次联系',
    channels: { call: '电话', message: '微信', visit: '拜访', meeting: '会议', email: '邮件', other: '其他' },
    outcomes: { talked: '聊上了', left_word: '留了言', no_answer: '没联系上', refused: '不愿谈' },
    moods: { stay: '想留', unsure: '犹豫', leave: '要走', unclear: '说不清' },
  },
  advice: {
    task: '建成任务', task_made: '任务已建好，{{who}} {{when}} 前完成。', task_waits: '这个任务已经有了，{{who}} {{when}} 前完成。', task_open: '打开跟进单 #{{id}}',
    show: '处理建议', show_of: '处理建议：{{name}}', title: '{{name}} · 处理建议', reason: '原因', for_tier: '这是{{tier}}{{noun}}的做法', no_tier: '价值未知，按一般{{noun}}的做法', promises: '先把答应过的说清楚', first_step: '第一步', who: '谁来做：', openings: '三句开场白', not_offer: '不要给', tutorial: '可以发', copy: '复制这句话',
    answers: '回答哪些原因', own: '自己写的', library_about: '每条建议回答几种原因：按{{noun}}价值分三档说谁来做、第一步、开场白、不要给什么、发什么。可以改成自己的说法，随时回到自带的。', back: '用回自带的', is_back: '已用回自带的建议',
    result: '照做的结果', result_shipped: '自带的一条', result_version: '自己写的第 {{version}} 版', taken: '采用', kept: '留住', lost: '流失', came: '采用 {{taken}} 次，完成 {{done}} 次；涉及 {{cases}} 张跟进单：留住 {{kept}}，流失 {{lost}}，其他 {{other}}，未结 {{open}}。', no_claim: '只是计数：没有对照组，不说明是它起的作用。',
  },
  promise: {
    sentence_other: '还有 <b>{{shown}}</b> 件答应过的事没有结果', overdue_other: '，<b>{{shown}}</b> 件已过期', none_open: '答应过的事都有结果了', none: '没有符合的承诺', none_text: '写跟进时填“答应了什么”，就会记在这里，到期提醒。', about: '点一下说清兑现没有；未兑现的次数会成为指标',
    what: '答应了什么', when: '期限', kept: '已兑现', broken: '没做到', take_back: '撤回', by: '{{who}} 答应的', made: '{{who}} {{when}} 答应', due: '{{when}}到期', was_due: '{{when}}到期，已过', state: { kept: '已兑现', broken: '没做到', open: '未结' }, filter: { open: '未结', overdue: '已过期', kept: '已兑现', broken: '没做到', all: '全部' }, done: { kept: '已记为兑现', broken: '已记为没做到', open: '已撤回' },
  },
};
