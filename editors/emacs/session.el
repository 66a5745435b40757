;;; session.el --- A session of dap-mode with Sphex, in batch  -*- lexical-binding: t -*-

;;; Commentary:
;; emacs --batch -l session.el, with SPHEX (the program), MODULE, SOURCE and LINE in the environment.
;; Prints what happens, and ends with "done".

;;; Code:

(package-initialize)
(setq user-emacs-directory (file-name-as-directory (make-temp-file "emacs" t))
      dap-breakpoints-file (expand-file-name "breakpoints" user-emacs-directory)
      dap-auto-configure-features nil
      dap-auto-show-output nil)
(add-to-list 'load-path (file-name-directory load-file-name))
(require 'dap-ui)
(require 'dap-sphex)
(setq dap-sphex-program (list (getenv "SPHEX") "dap"))

(defun session-wait (what test)
  "Let Emacs work until TEST gives something, and return it; WHAT is for the complaint."
  (let ((end (+ (float-time) 180)) found)
    (while (not (setq found (funcall test)))
      (when (> (float-time) end) (error "%s: not in time" what))
      (accept-process-output nil 0.05))
    found))

(defun session-ask (command &rest arguments)
  "Send COMMAND with ARGUMENTS and return the body of the answer."
  (let (answer)
    (dap--send-message (dap--make-request command arguments) (lambda (r) (setq answer r)) (dap--cur-session))
    (session-wait command (lambda () answer))
    (unless (gethash "success" answer) (error "%s: %s" command (gethash "message" answer)))
    (gethash "body" answer)))

(defun session-stopped ()
  "Wait until the program stands, and return its innermost frame."
  (session-wait "a stop" (lambda () (dap--debug-session-active-frame (dap--cur-session)))))

(defun session-say (format &rest arguments)
  "Print a line: FORMAT with ARGUMENTS."
  (princ (concat (apply #'format format arguments) "\n")))

(defun session-say-frame (frame)
  "Print FRAME's function, file and line."
  (session-say "%s %s:%d" (gethash "name" frame) (file-name-nondirectory (gethash "path" (gethash "source" frame))) (gethash "line" frame)))

(find-file (getenv "SOURCE"))
(goto-char (point-min))
(forward-line (1- (string-to-number (getenv "LINE"))))
(dap-breakpoint-add)
(dap-debug (list :type "sphex" :name "session" :program (getenv "MODULE")))

(let ((frame (session-stopped)))
  (session-say-frame frame)
  (dolist (scope (append (gethash "scopes" (session-ask "scopes" :frameId (gethash "id" frame))) nil))
    (unless (eq (gethash "expensive" scope) t)
      (dolist (v (append (gethash "variables" (session-ask "variables" :variablesReference (gethash "variablesReference" scope))) nil))
        (session-say "%s = %s" (gethash "name" v) (gethash "value" v)))))
  (session-say "order.items.len() = %s" (gethash "result" (session-ask "evaluate" :expression "order.items.len()" :frameId (gethash "id" frame) :context "watch"))))

(dap-next (dap--cur-session))
(session-say-frame (session-stopped))

(dap-breakpoint-delete-all)
(dap-continue (dap--cur-session) (dap--debug-session-thread-id (dap--cur-session)))
(session-wait "the end" (lambda () (not (dap--session-running (dap--cur-session)))))
(session-say "%s" (with-current-buffer (dap--debug-session-output-buffer (dap--cur-session)) (buffer-string)))
(session-say "done")
;;; session.el ends here
