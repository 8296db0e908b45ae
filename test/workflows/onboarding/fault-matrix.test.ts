import { describeMatrix } from '../fault-matrix/matrix.ts';
import { uninterrupted } from '../fault-matrix/scenarios.ts';

describeMatrix([uninterrupted]);
