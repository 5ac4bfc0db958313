// Sets theme and language before the first paint, so that nothing flashes.
(function () {
  var root = document.documentElement;
  var read = function (key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var theme = read('liuke.theme');
  var dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'dark' : 'light';
  var lang = read('liuke.lang') || (navigator.language.toLowerCase().indexOf('zh') === 0 ? 'zh' : 'en');
  root.lang = lang === 'en' ? 'en' : 'zh-CN';
})();
