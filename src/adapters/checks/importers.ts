import type { CheckImporter } from '../../ports/checks.ts';
import { garak } from './garak.ts';
import { generic } from './generic.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';

/** Every importer ever released: reports made by an old one must be made again by the same one. */
export const CHECK_IMPORTERS: readonly CheckImporter[] = [sarif, junit, garak, generic];
