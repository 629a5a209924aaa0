import { bash } from './bash.ts';
import { fish } from './fish.ts';
import type { Shell } from './shells.ts';
import type { Word } from './words.ts';
import { zsh } from './zsh.ts';

export const SCRIPTS: { readonly [S in Shell]: (words: readonly Word[]) => string } = { bash, zsh, fish };
