package commands

import (
	"os"
	"os/signal"
	"syscall"
)

// endings are the signals that end the work in good order. Under nohup SIGHUP is not one of them.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// endAtQuit makes a further SIGQUIT end the program as SIGTERM does. Go's own way is a dump and status 2, which would say
// that nothing was changed.
func endAtQuit() {
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGQUIT)
	go func() {
		<-quit
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(syscall.SIGTERM) // there is no other on some systems; the next is the user's
		}
	}()
}
