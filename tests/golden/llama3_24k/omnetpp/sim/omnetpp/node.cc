// A node that passes echoes on along the ports that they name. Node 0 sends one along each path of expected.csv, one
// after the other, and compares the time that it takes.

#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <omnetpp.h>

using namespace omnetpp;

struct Probe {
    int to;
    std::string path;
    std::vector<int> ports;
    double wanted;  // ns
};

class Echo : public cPacket {
  public:
    Echo(const Probe& probe) : cPacket("echo"), probe(probe) { setByteLength(1030); }
    Probe probe;
    size_t at = 0;
    std::vector<int> back;
    bool returning = false;
};

class Node : public cSimpleModule {
    std::vector<Probe> probes;
    size_t number = 0, wrong = 0;
    simtime_t sent;
    cMessage *next = nullptr;

  protected:
    void initialize() override;
    void handleMessage(cMessage *message) override;
    void finish() override;
    void measured(Echo *echo);

  public:
    ~Node() override { cancelAndDelete(next); }
};

Define_Module(Node);

void Node::initialize()
{
    if (par("address").intValue() != 0)
        return;
    std::ifstream file("expected.csv");
    std::string line, cell;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        for (std::istringstream row(line); std::getline(row, cell, ',');)
            cells.push_back(cell);
        Probe probe;
        probe.to = std::stoi(cells.at(1));
        probe.path = cells.at(2);
        for (std::istringstream row(cells.at(4)); row >> cell;)
            probe.ports.push_back(std::stoi(cell));
        probe.wanted = std::stod(cells.at(5));
        probes.push_back(probe);
    }
    if (probes.empty())
        throw cRuntimeError("expected.csv has no paths");
    next = new cMessage("next");
    scheduleAt(SIMTIME_ZERO, next);
}

void Node::handleMessage(cMessage *message)
{
    if (message == next) {
        sent = simTime();
        auto echo = new Echo(probes[number]);
        echo->at = 1;
        send(echo, "port$o", echo->probe.ports[0]);
        return;
    }
    auto echo = check_and_cast<Echo *>(message);
    int from = echo->getArrivalGate()->getIndex();
    if (echo->returning && echo->back.empty()) {
        measured(echo);
    }
    else if (echo->returning) {
        int port = echo->back.back();
        echo->back.pop_back();
        send(echo, "port$o", port);
    }
    else if (echo->at < echo->probe.ports.size()) {
        echo->back.push_back(from);
        send(echo, "port$o", echo->probe.ports[echo->at++]);
    }
    else {
        if (par("address").intValue() != echo->probe.to)
            throw cRuntimeError("the path to %d ends here", echo->probe.to);
        echo->returning = true;
        send(echo, "port$o", from);
    }
}

void Node::measured(Echo *echo)
{
    double took = (simTime() - sent).inUnit(SIMTIME_FS) / 1e6;
    bool right = std::abs(took - echo->probe.wanted) < 0.001;
    wrong += !right;
    char line[200];
    snprintf(line, sizeof line, "0 -> %d (%s): %.3f ns, %.3f expected%s", echo->probe.to, echo->probe.path.c_str(),
             took, echo->probe.wanted, right ? "" : ", WRONG");
    std::cout << line << std::endl;
    delete echo;
    if (++number < probes.size())
        scheduleAt(simTime(), next);
}

void Node::finish()
{
    if (par("address").intValue() != 0)
        return;
    std::cout << number - wrong << " of " << probes.size() << " round trips as expected" << std::endl;
    if (wrong || number != probes.size())
        throw cRuntimeError("round trips differ from expected.csv");
}
