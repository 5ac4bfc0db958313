// A sentence with its figures set apart: `<b>` in the words stands for emphasis.

import { Trans } from 'react-i18next';
import { useSay } from '../words/say';

export function Said({ words, ...values }: { words: string } & Record<string, string | number>) {
  const { t } = useSay();
  const { count, ...rest } = values;
  return <Trans t={t} i18nKey={words} count={count as number | undefined} values={rest} components={{ b: <b /> }} />;
}
