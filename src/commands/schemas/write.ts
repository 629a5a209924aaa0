import { mkdir, writeFile } from 'node:fs/promises';
import { codesReference } from '../shared/codes-reference.ts';
import { schemaFiles } from './documents.ts';

/** Run by `npm run schemas`: writes what is generated, `schemas/*.json` and `docs/codes.md`. */
const top = new URL('../../../', import.meta.url);
await mkdir(new URL('schemas/', top), { recursive: true });
await mkdir(new URL('docs/', top), { recursive: true });
for (const [name, text] of schemaFiles()) await writeFile(new URL(`schemas/${name}`, top), text);
await writeFile(new URL('docs/codes.md', top), codesReference());
