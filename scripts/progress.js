/**
 * Prints on standard error how long something has been running: on a terminal in one line that changes every second,
 * elsewhere in a line every 10 seconds. `note` sets the text after the seconds; `stop` ends it.
 *
 * @param {string} label
 */
export function startProgress(label) {
  const { stderr } = process;
  const startedAt = Date.now();
  let detail = '';

  const print = () => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const line = `${label}: ${seconds} s${detail === '' ? '' : ` · ${detail}`}`;
    stderr.write(stderr.isTTY ? `\r\u001B[K${line.slice(0, (stderr.columns || 80) - 1)}` : `${line}\n`);
  };
  print();
  const timer = setInterval(print, stderr.isTTY ? 1_000 : 10_000);

  return {
    /** @param {string} text */
    note: (text) => {
      detail = text;
    },
    stop() {
      clearInterval(timer);
      if (stderr.isTTY) stderr.write('\r\u001B[K');
    },
  };
}
