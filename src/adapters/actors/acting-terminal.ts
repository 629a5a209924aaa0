import type { Terminal } from '../../ports/terminal.ts';

/** Looks like the codes that gate screens ask a person to type back. */
const CODE = /\b[A-HJ-NP-Z2-9]{8}\b/g;

/**
 * Plays the person at the terminal for the demonstration: acknowledges, goes on where Enter does, judges
 * every item as good, gives the reason, types back the code it was shown. The boundary is not here: what counts is whose key signed, and demonstrations have keys of their own.
 */
export function actingTerminal(terminal: Terminal, reason: string): Terminal {
  let shown = '';
  const listen = (text: string): void => {
    shown += `\n${text}`;
  };
  return {
    interactive: true,
    columns: terminal.columns,
    rows: terminal.rows,
    color: terminal.color,
    out: (text) => terminal.out(text),
    say: listen,
    progress: () => undefined,
    confirm: (question) => {
      listen(question);
      return Promise.resolve(true);
    },
    ask: (question) => {
      if (/\bEnter\b/.test(question)) return Promise.resolve('');
      if (/\bmeets the standard\b/.test(question)) return Promise.resolve('m');
      const code = `${shown}\n${question}`.match(CODE)?.at(-1);
      return Promise.resolve(/\btype\b/i.test(question) && code !== undefined ? code : reason);
    },
    secret: () => Promise.resolve(''),
  };
}
