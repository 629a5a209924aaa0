import * as z from 'zod';
import { parseForeignJson } from '../../base/foreign-json.ts';
import type { RegistryClient } from './client.ts';
import { isTag } from './names.ts';

/** The tags of a repository, page by page (distribution-spec 1.1, "Content discovery"). */

const PAGE = 1000;
const MAX_PAGES = 100;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const Listed = z.looseObject({ tags: z.array(z.string()).nullish() });

/** @returns what can be a tag and nothing else, sorted; none where there is no such repository. @throws CannotTell. */
export async function listTags(client: RegistryClient): Promise<readonly string[]> {
  const first = await client.url('tags/list');
  const found = new Set<string>();
  let last: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const url = new URL(first);
    url.searchParams.set('n', String(PAGE));
    if (last !== null) url.searchParams.set('last', last);
    const answer = await pageAt(client, url);
    if (answer === null) return [...found].sort();
    for (const tag of answer.tags.filter(isTag)) found.add(tag);
    if (answer.next === null || answer.next === last) return [...found].sort();
    last = answer.next;
  }
  throw client.wrong({ method: 'GET', url: first }, `it lists more than ${MAX_PAGES} pages of tags`);
}

interface Page {
  readonly tags: readonly string[];
  /** Where the next page begins; null where this is the last. */
  readonly next: string | null;
}

async function pageAt(client: RegistryClient, url: URL): Promise<Page | null> {
  const order = { method: 'GET', url } as const;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.ask({ ...order, actions: 'pull' });
    if (answer.status === 404) {
      answer.drop();
      return null;
    }
    if (answer.status !== 200) throw await client.unexpected(order, answer);
    try {
      const bytes = await answer.read(MAX_PAGE_BYTES);
      const strict = parseForeignJson(bytes, url.pathname, { maxDepth: 8 });
      const read = strict.ok ? Listed.safeParse(JSON.parse(new TextDecoder().decode(bytes))) : null;
      if (read?.success !== true) throw client.wrong(order, 'it gives no list of tags');
      return { tags: read.data.tags ?? [], next: nextIn(answer.headers['link'], url) };
    } catch (error) {
      await client.afterBroken(error, attempt);
    }
  }
}

/** Of the link only where the next page begins: it leads nowhere else. */
function nextIn(link: unknown, from: URL): string | null {
  const text = Array.isArray(link) ? link.join(',') : link;
  const [, target] = /<([^<>]{1,4096})>\s*;\s*rel="?next"?/.exec(typeof text === 'string' ? text : '') ?? [];
  if (target === undefined || !URL.canParse(target, from.href)) return null;
  return new URL(target, from).searchParams.get('last');
}
