"""The loop of UI-Venus' history alignment: train an epoch, align the histories, enhance rare actions, train on."""
