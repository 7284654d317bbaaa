// Takes out what is listed, as CSV and as JSON.
import { readFile } from 'node:fs/promises';
import { check, everyone, given, open, rowsOf, same, scenario, visitor } from './lib.mjs';

/** RFC 4180, strictly. */
function parse(text) {
  const rows = [];
  let row = [];
  for (let i = 0; i < text.length; ) {
    let cell = '';
    if (text[i] === '"') {
      for (i++; ; i++) {
        if (text[i] === '"' && text[i + 1] === '"') cell += text[++i];
        else if (text[i] === '"') break;
        else if (i >= text.length) throw new Error('a quote is open');
        else cell += text[i];
      }
      i++;
    } else while (i < text.length && text[i] !== ',' && text[i] !== '\r') cell += text[i++];
    row.push(cell);
    if (text[i] === ',') i++;
    else if (text.slice(i, i + 2) === '\r\n') {
      i += 2;
      rows.push(row);
      row = [];
    } else if (i < text.length) throw new Error(`at ${i}: ${text.slice(i, i + 20)}`);
  }
  return rows;
}

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { acceptDownloads: true });
  const page = await visit.newPage();

  const take = async (kind) => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog', { name: 'Export' }).getByRole('link', { name: kind }).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const compare = async (query, path) => {
    await open(page, path, 'Sessions');
    await rowsOf(page).first().waitFor();
    const want = await everyone(visit, query);
    check(want.length > 0, `${path} lists nothing`);
    await page.getByText(`${want.length.toLocaleString('en')} session`).first().waitFor();

    const csv = await take('CSV');
    check(csv.name.endsWith('.csv'), `the file is called ${csv.name}`);
    const [head, ...cells] = parse(csv.text);
    const rows = cells.map((c) => Object.fromEntries(head.map((name, i) => [name, c[i]])));
    same(rows.map((r) => r.id), want.map((r) => r.id), `${path}: sessions in the CSV`);
    for (const [i, r] of rows.entries()) {
      const w = want[i];
      same([r.score, r.band, r.detected, r.user_id, r.started_at], [String(w.score), w.band, w.detected.join(';'), w.user_id, w.started_at], `${path}: a row of the CSV`);
    }
    const formulas = cells.flat().filter((c) => /^[=+@\t\r]|^-/.test(c));
    same(formulas, [], `${path}: cells that a spreadsheet would reckon with`);

    const json = await take('JSON');
    check(json.name.endsWith('.json'), `the file is called ${json.name}`);
    const parsed = JSON.parse(json.text);
    same(parsed.map((r) => r.id), want.map((r) => r.id), `${path}: sessions in the JSON`);
    same(parsed.map(({ score, detected, user_name: name }) => [score, detected, name]), want.map(({ score, detected, user_name: name }) => [score, detected, name]), `${path}: rows of the JSON`);
    return { rows, parsed };
  };

  const { rows } = await compare({}, '/dash/sessions');
  const robin = rows.find((r) => r.user_id === given.user);
  same(robin?.user_name, `'${given.name}`, 'a name that is a formula');
  const { parsed } = await compare({ user: given.user }, `/dash/sessions?user=${given.user}`);
  same(parsed.map((r) => r.user_name), [given.name], 'the same name in JSON');
  await compare({ flag: 'centered_clicks', min: '50' }, '/dash/sessions?flag=centered_clicks&min=50');
  seen.exported = rows.length;
});
