import { request } from 'node:http';

/** What becomes of one request: it is answered (`ok`, `failed`), or lost in one of the ways that tally.js knows. */
export function ask(url, { agent, headers = {}, timeoutMs }) {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent, headers });
    const timer = setTimeout(() => {
      resolve('timedOut');
      outgoing.destroy();
    }, timeoutMs);
    const end = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    outgoing.once('error', (error) => end(nameOf(error)));
    outgoing.once('response', (answer) => {
      answer.resume().on('error', () => end('closed'));
      answer.once('close', () => end(outcomeOf(answer)));
    });
    outgoing.end();
  });
}

function outcomeOf({ complete, statusCode }) {
  if (!complete) return 'closed';
  return statusCode < 400 ? 'ok' : 'failed';
}

/** Node calls it a reset, too, when the server closes without an answer; only a real one comes from a system call. */
function nameOf({ code, syscall }) {
  if (code === 'ECONNREFUSED') return 'refused';
  return syscall === undefined ? 'closed' : 'reset';
}
