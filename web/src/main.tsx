// The first thing that runs: what the page needs is asked for before the house around it is fetched.

import { createRoot } from 'react-dom/client';
import { goAhead } from './ahead';
import { newClient } from './api/opening';
import './theme/base.css';
import './parts/parts.css';
import { langOf, loadWords } from './words/load';

const client = newClient();
const page = goAhead(client, window.location);
const words = loadWords[langOf(document)]();
const speaking = Promise.all([import('./words/i18n'), words]).then(([{ startWords }]) => startWords());

void Promise.all([import('./Root'), speaking, page]).then(([{ Root }]) => createRoot(document.getElementById('root')!).render(<Root client={client} />));
