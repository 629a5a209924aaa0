import { mkdir, writeFile } from 'node:fs/promises';
import { manual } from '../manual.ts';
import { codesReference } from '../shared/explaining/codes-reference.ts';
import { metricsReference } from '../shared/explaining/metrics-reference.ts';
import { VERBS } from '../verbs.ts';
import { schemaFiles } from './documents.ts';

/** Run by `npm run schemas`: writes what is generated, `schemas/*.json`, `docs/codes.md`, `docs/metrics.md` and the man page. */
const top = new URL('../../../', import.meta.url);
await mkdir(new URL('schemas/', top), { recursive: true });
await mkdir(new URL('docs/', top), { recursive: true });
for (const [name, text] of schemaFiles()) await writeFile(new URL(`schemas/${name}`, top), text);
await writeFile(new URL('docs/codes.md', top), codesReference());
await writeFile(new URL('docs/metrics.md', top), metricsReference());
await writeFile(
  new URL('docs/modelsmith.1', top),
  manual(await Promise.all(VERBS.map((verb) => verb.load()))),
);
