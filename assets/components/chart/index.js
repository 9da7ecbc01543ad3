// @ts-check
import { mounted } from "../kit/mount.js";
import { Chart } from "./chart.js";

export default mounted(Chart, { selector: ".lab-chart" });
