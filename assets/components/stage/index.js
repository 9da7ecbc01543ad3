// @ts-check
import { mounted } from "../kit/mount.js";
import { Stage } from "./stage.js";

export default mounted(Stage, { selector: ".stage", trigger: "commit" });
