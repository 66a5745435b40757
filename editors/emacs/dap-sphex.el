;;; dap-sphex.el --- Debug WebAssembly with Sphex  -*- lexical-binding: t -*-

;;; Commentary:
;; The type "sphex" for dap-mode.  Needs the program sphex.

;;; Code:

(require 'dap-mode)

(defcustom dap-sphex-program '("sphex" "dap")
  "How the debug adapter is started."
  :group 'dap-mode
  :type '(repeat string))

(defun dap-sphex--populate (conf)
  "Add to CONF what it lacks."
  (dap--put-if-absent conf :dap-server-path dap-sphex-program)
  (dap--put-if-absent conf :type "sphex")
  (dap--put-if-absent conf :request "launch")
  (dap--put-if-absent conf :cwd default-directory)
  (unless (or (plist-get conf :program) (string= (plist-get conf :request) "attach"))
    (dap--put-if-absent conf :program (expand-file-name (read-file-name "Module to debug: " nil nil t))))
  conf)

(dap-register-debug-provider "sphex" #'dap-sphex--populate)
(dap-register-debug-template "Sphex" (list :type "sphex" :request "launch" :name "Sphex"))

(provide 'dap-sphex)
;;; dap-sphex.el ends here
