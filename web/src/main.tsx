import { createRoot } from 'react-dom/client';
import { Root } from './Root';
import './theme/base.css';
import './parts/parts.css';
import { startWords } from './words/i18n';

void startWords().then(() => createRoot(document.getElementById('root')!).render(<Root />));
