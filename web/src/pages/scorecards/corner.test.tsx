import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const previews = () => sent.filter((one) => one.path.endsWith('/preview')).map((one) => (one.body as { definition: string }).definition);
const press = (slider: HTMLElement, key: string, times = 1) => {
  for (let time = 0; time < times; time += 1) fireEvent.keyDown(slider, { key });
};

describe('a curve', () => {
  it('moves a corner of a curve by keys, on the numbers that customers have', async () => {
    await show('/scorecards/saas', { lang: 'en' });
    const groups = await screen.findByRole('region', { name: 'What counts' });
    fireEvent.click(within(groups).getByRole('button', { name: /^Login days, 30 days/ }));
    const corner = await within(groups).findByRole('slider', { name: 'Point 2 of Login days, 30 days' });
    expect(corner.getAttribute('aria-valuetext')).toBe('6 days earns 40 points');
    press(corner, 'ArrowUp', 5);
    expect(within(groups).getByRole('slider', { name: 'Point 2 of Login days, 30 days' }).getAttribute('aria-valuetext')).toBe('6 days earns 45 points');
    press(within(groups).getByRole('slider', { name: 'Point 4 of Login days, 30 days' }), 'Delete');
    const curve = () => previews().at(-1)?.split('\n').find((line) => line.includes('curve'))?.trim();
    await waitFor(() => expect(curve()).toMatch(/= \[\[0, 0\], \[6, 45\], \[14, 75\]\]$/));
    expect(document.querySelectorAll('.curve-bar').length).toBeGreaterThan(5);
  });
});
