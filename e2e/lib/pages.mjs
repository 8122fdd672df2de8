// What people do on a page, and what must hold on every page.

import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** More presses of Tab than any page of ours has things to reach. */
const MOST_TABS = 200;
const TELEPHONE = { width: 360, height: 740 };

/** Fails when axe finds a barrier on the page as it is now. Needs scripts: axe is one, and waits for ever without. */
export async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARD).analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
  assert.deepEqual(found, [], `barriers on ${page.url()}`);
}

/** Fails when the page as it is now is wider than a telephone: nobody should have to scroll sideways. */
export async function assertFits(page) {
  const desk = page.viewportSize();
  await page.setViewportSize(TELEPHONE);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.setViewportSize(desk);
  assert.ok(overflow <= 0, `${page.url()} is ${overflow} px wider than a telephone`);
}

/** Goes to an address of the pages and fails unless it answers with `status`. */
export async function visit(page, path, status = 200) {
  const response = await page.goto(path);
  assert.equal(response?.status(), status, `the status of ${path}`);
}

/** Presses Tab until the focus is on `locator`, as a person without a mouse would; fails when it is never reached. */
export async function tabTo(page, locator) {
  const wanted = await locator.elementHandle();
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) {
      assert.ok(await hasVisibleFocus(wanted), 'the focus can be seen');
      return;
    }
  }
  assert.fail(`${locator} cannot be reached by Tab`);
}

/** Whether an outline or shadow marks the element that has the focus. */
function hasVisibleFocus(element) {
  return element.evaluate((focused) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
}

/** The button that sends the form to `action`. */
export function submitOf(page, action) {
  const form = page.locator(`form[action="${action}"]`);
  return form.locator('[type=submit], button:not([type])').first();
}

/** The first link to exactly `href`. */
export function linkTo(page, href) {
  return page.locator(`a[href="${href}"]`).first();
}
