import { parseArgs } from 'node:util';
import { defaultAccountId, defaultToken, type SimulatorOptions, startSimulator } from './simulator.ts';

const help = `Usage: npm run simulator -- [options]

Runs a simulated Cloudflare account with its API and name servers on 127.0.0.1 until SIGINT or SIGTERM.
Prints one line of JSON when it is ready.

Options
  --port <number>        port of the API (default: a free port)
  --account <id>         account id, 32 hexadecimal characters (default: ${defaultAccountId})
  --domain <name>        name of the account's first zone (default: example.com)
  --time-scale <number>  simulated seconds per real second, for Cloudflare's verification (default: 1)
  --lag <seconds,…>      one name server per number: seconds until it serves a change (default: 0,0)
  --help                 show this text

Environment
  CLOUDFLARE_API_TOKEN   the token that the API accepts (default: ${defaultToken})

Exit codes: 0 stopped by a signal, 1 could not start, 2 invalid options
`;

/**
 * Parses the command line; `null` for `--help`.
 *
 * @throws {Error} with a message that names the invalid option
 */
function readOptions(args: string[]): SimulatorOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      account: { type: 'string', default: defaultAccountId },
      domain: { type: 'string', default: 'example.com' },
      'time-scale': { type: 'string', default: '1' },
      lag: { type: 'string', default: '0,0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (!/^[0-9a-f]{32}$/.test(values.account)) throw new Error('--account must be 32 lower-case hexadecimal characters');
  const port = readNumber('--port', values.port ?? '0');
  const timeScale = readNumber('--time-scale', values['time-scale']);
  if (!Number.isInteger(port) || port > 65_535) throw new Error('--port must be a whole number from 0 to 65535');
  if (timeScale === 0) throw new Error('--time-scale must be more than 0');
  return {
    port,
    accountId: values.account,
    token: process.env['CLOUDFLARE_API_TOKEN'] ?? defaultToken,
    domain: values.domain,
    timeScale,
    nameServerLagSeconds: values.lag.split(',').map((entry) => readNumber('--lag', entry)),
  };
}

function readNumber(option: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${option} must be a number such as 1 or 0.5, not "${text}"`);
  return Number(text);
}

async function run(options: SimulatorOptions): Promise<void> {
  const simulator = await startSimulator(options);
  const close = () => void simulator.close();
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
  const { baseUrl, controlUrl, environment } = simulator;
  process.stdout.write(`${JSON.stringify({ ready: true, baseUrl, controlUrl, environment })}\n`);
}

function fail(error: unknown, exitCode: number): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) process.stdout.write(help);
  else await run(options).catch((error: unknown) => fail(error, 1));
} catch (error) {
  fail(error, 2);
}
