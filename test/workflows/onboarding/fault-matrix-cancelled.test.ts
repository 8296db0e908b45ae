import { describeMatrix } from '../fault-matrix/matrix.ts';
import { cancelledWhenEnabled, cancelledWhileWaiting } from '../fault-matrix/scenarios.ts';

describeMatrix([cancelledWhileWaiting, cancelledWhenEnabled]);
