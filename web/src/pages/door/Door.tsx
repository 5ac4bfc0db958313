// What stands before the house: the mark, the language, the light.

import type { ReactNode } from 'react';
import { Icon, Mark } from '../../parts/Icon';
import { setMode, useMode } from '../../theme/mode';
import { setLang } from '../../words/i18n';
import { useSay, useSession } from '../../words/say';
import './door.css';

export function Door({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  const { t, lang } = useSay();
  const mode = useMode();
  const firm = useSession()?.firm;
  return (
    <div className="door">
      <header className="door-top">
        <div className="line"><Mark size={26} /><span className="door-name">{t('app.name')}</span></div>
        <div className="line push">
          <button type="button" className="door-button" onClick={() => void setLang(lang === 'zh' ? 'en' : 'zh', firm)} lang={lang === 'zh' ? 'en' : 'zh-CN'}>{lang === 'zh' ? 'English' : '中文'}</button>
          <button type="button" className="door-button" onClick={() => setMode(mode === 'dark' ? 'light' : 'dark')} aria-label={t(mode === 'dark' ? 'frame.to_light' : 'frame.to_dark')}><Icon name={mode === 'dark' ? 'sun' : 'moon'} /></button>
        </div>
      </header>
      <main className={wide ? 'door-main wide' : 'door-main'}>{children}</main>
    </div>
  );
}
