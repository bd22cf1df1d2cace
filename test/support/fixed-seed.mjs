/**
 * Preloaded where CI is set: generated cases are the same in every run, so that a change is judged by what it changes. Elsewhere they are new each time, and a
 * failure prints its seed.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_121 });
