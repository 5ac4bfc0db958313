import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const page = () => screen.findByRole('region', { name: '客户价值' });

describe('what a customer is worth', () => {
  it('says what another measure would change before it is saved, and saves it', async () => {
    await show('/settings/value');
    const region = await page();
    const save = () => within(region).getByRole('button', { name: '保存' });
    expect((save() as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(within(region).getByRole('radio', { name: /近 365 天回款/ }));
    const told = text(await within(region).findByRole('status'));
    expect(told).toContain('268 家客户换层');
    expect(told).toContain('58 家升层');
    expect(told).toContain('140 家变为分不出层');
    fireEvent.click(save());
    await waitFor(() => expect(sent.filter((one) => one.method === 'PUT' && one.path === '/api/firm').map((one) => (one.body as { value?: string }).value)).toEqual(['paid_365d']));
    await waitFor(async () => expect(text(await page())).toMatch(/近 365 天回款\s*在用/));
  });

  it('cannot choose what is known of nobody, and says how it would become known', async () => {
    await show('/settings/value');
    const region = await page();
    expect((within(region).getByRole('radio', { name: /毛利/ }) as HTMLInputElement).disabled).toBe(true);
    expect(text(region)).toContain('成本');
  });
});
