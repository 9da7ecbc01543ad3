// @ts-check
import { mounted } from "../kit/mount.js";
import { Rows } from "./rows.js";

export default mounted(Rows, { selector: ".rows" });
